"""live without any of the product's apps behind it."""

import pytest
from playwright.sync_api import sync_playwright

from live import consumer, process, registry
from tests.chromium import LIGHT
from tests.live.pages import Page
from tests.live.pretend import PretendApp


@pytest.fixture
def app(monkeypatch, left_behind):
    pretend = PretendApp()
    names = ("topics", "audience", "whose", "catch_up", "heads")
    monkeypatch.setattr(registry, "_asked", {name: [getattr(pretend, name)] for name in names} | {"build": []})
    monkeypatch.setattr(registry, "handlers", {name: [function] for name, function in consumer.CATCH_UP.items()})
    monkeypatch.setattr(registry, "links", {})
    monkeypatch.setattr(registry, "tickers", [])
    return pretend


@pytest.fixture
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=LIGHT, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    page = Page(chromium)
    yield page
    page.context.close()
    assert page.errors == []

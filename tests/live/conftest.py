"""live without any of the product's apps behind it."""

import pytest

from live import consumer, process, registry
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

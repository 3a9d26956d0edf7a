"""Real browsers on the real product: `house`, `browser`, `person("ada")`, and a tone instead of a microphone."""

import json
import os
import re
import secrets
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.aside import HouseWithAside
from tests.chromium import LIGHT
from tests.conftest import PASSWORD
from tests.product import own_database

# The autoplay policy is the one that people have (without a window it would be none): what may sound, and when, is
# part of the product.
FLAGS = [
    "--autoplay-policy=document-user-activation-required",
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-gpu",  # drawn in software either way, this one takes a third less of the processor
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--disable-renderer-backgrounding",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
]
TONE = Path(__file__).with_name("tone.js")


@pytest.fixture(scope="package")
def house(tmp_path_factory):
    """The product with its demo people, on the database of this run; one for all browser tests."""
    with own_database(os.environ.get("DATABASE_URL", "")) as database:
        folder = tmp_path_factory.mktemp("house") / "data"
        running = HouseWithAside(folder, database, DJANGO_SETTINGS_MODULE="tests.served")
        try:
            yield running.start("--demo")
        finally:
            running.stop()


@pytest.fixture(autouse=True)
def nothing_spent(house):
    """What one test did often does not count against the next."""
    shutil.rmtree(house.folder / "counted", ignore_errors=True)


@pytest.fixture(scope="package")
def browser():
    # Playwright's synchronous interface keeps an event loop running in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=LIGHT, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


class Complaints:
    """What the browsers of one test found wrong: errors, CSP violations, requests to anybody else."""

    def __init__(self, home):
        self.homes = [home]
        self.found = []
        self.expected = []

    def expect(self, pattern):
        """A complaint that matches belongs to this test: a refused request, a killed server."""
        self.expected.append(re.compile(pattern))

    def watch(self, page):
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("console", lambda line: line.type == "error" and self.found.append(f"{page.url}: {line.text}"))
        page.on("request", lambda request: self._own(request.url))

    def _own(self, address):
        if not address.startswith((*self.homes, "data:", "blob:", "about:")):
            self.found.append(f"a request to {address}")

    def unexpected(self):
        return [line for line in self.found if not any(pattern.search(line) for pattern in self.expected)]


@pytest.fixture
def complaints(house):
    """Fails the test at its end on anything that a browser complained about."""
    collected = Complaints(house.url)
    yield collected
    assert collected.unexpected() == []


@pytest.fixture(scope="package")
def logins():
    """Cookies of everybody who has logged in, so that the form is filled in once for each."""
    return {}


MAKE = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import Person
made = {{}}
for name, username in {people!r}:
    made[name] = Person.objects.create_user(username, f"{{username}}@example.org", name=name)
for follower, followed in {follows!r}:
    made[follower].follow(made[followed])
cookies = {{}}
for one in made.values():
    client = Client()
    client.force_login(one)
    cookies[one.username] = client.cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps([settings.SESSION_COOKIE_NAME, cookies]))
"""


@pytest.fixture
def newcomers(house, logins):
    """newcomers("Ira", "Jon", follows=[("Jon", "Ira")]) → the usernames of people whom nobody else knows, logged in:
    person(username) opens their pages."""

    def make(*names, follows=()):
        people = [(name, f"{name.lower()}{secrets.token_hex(4)}") for name in names]
        cookie, values = json.loads(house.run(MAKE.format(people=people, follows=list(follows))).splitlines()[-1])
        for username, value in values.items():
            about = {"name": cookie, "value": value, "domain": "127.0.0.1", "path": "/"}
            logins[username] = {"cookies": [about], "origins": []}
        return [username for _name, username in people]

    return make


@pytest.fixture
def person(browser, house, complaints, logins):
    """person("ada") → a page of ada's own browser, logged in; person() → a stranger's.

    tone=440     the microphone is a tone of that frequency (window.tone, window.heard: see tone.js)
    stubborn     the page cannot hang up, mute or stop its microphone
    fresh        log in again instead of reusing cookies: for tests that log out or end log-ins
    by=wire      the browser reaches the house by this wire (wire.py)
    Everything else goes to Playwright's new_context: viewport, color_scheme, java_script_enabled, …
    """
    opened = []

    def open_page(username=None, *, tone=None, stubborn=False, fresh=False, by=house, **options):
        complaints.homes.append(by.url)
        if username and not fresh and username not in logins:
            logins[username] = _log_in(browser, house, username)
        state = _log_in(browser, house, username) if username and fresh else logins.get(username)
        # What moves costs the processor and tells a test nothing.
        options = {"reduced_motion": "reduce", **options}
        context = browser.new_context(base_url=by.url, storage_state=state, **options)
        opened.append(context)
        context.add_init_script(f"window.toneAsked = {{hz: {tone or 0}, stubborn: {str(stubborn).lower()}}};")
        context.add_init_script(path=TONE)
        context.on("page", complaints.watch)
        return context.new_page()

    yield open_page
    for context in opened:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()


def _log_in(browser, house, username):
    context = browser.new_context(base_url=house.url)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{house.url}/")
    state = context.storage_state()
    context.close()
    return state

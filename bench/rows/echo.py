"""How long until whoever sends a message sees it in his own browser."""

import os
import shutil
from collections.abc import Iterator

from bench import servers
from bench.figures import Row, Target, judged, percentile
from bench.workshop import Workshop
from tests.chromium import LIGHT

NAMES = ("echo",)
PEOPLE, MESSAGES = 16, 40
SENT = 50  # messages in a run: fewer than one person may send in that time
TAKEN_IN = 5  # messages before, which are not counted

# From the key that sends to the picture of the screen after the one for which the browser drew the words.
SEND = """async (words) => {
    const text = document.querySelector("[data-composer] textarea");
    const drawn = new Promise((resolve) => {
        const painted = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        document.addEventListener("echo:drawn", painted, { once: true });
    });
    text.value = words;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    const began = performance.now();
    text.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    return (await drawn) - began;
}"""


def measure(shop: Workshop) -> Iterator[Row]:
    from playwright.sync_api import sync_playwright

    if not shutil.which(LIGHT):
        raise servers.NotThere("there is no chromium-headless-shell")
    with servers.house(shop.postgres) as house, sync_playwright() as playwright:
        room = house.seed(rooms=(PEOPLE,), messages=MESSAGES)["rooms"][0]
        words = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=LIGHT, args=words)
        runs = [_p95(browser, house.url, room, person) for person in room["people"][: shop.runs]]
        browser.close()
    yield judged("echo", runs, Target(at_most=50, unit="ms"), note=f"p95 of {SENT} messages, {MESSAGES} on the page")


def _p95(browser, url: str, room: dict, person: dict) -> float:
    """Milliseconds."""
    context = browser.new_context(base_url=url)
    context.add_cookies([{"name": "session", "value": person["session"], "url": url}])
    page = context.new_page()
    page.goto(f"/rooms/{room['id']}/?panel=chat")
    page.locator(".log .message").last.wait_for()
    times = []
    for number in range(TAKEN_IN + SENT):
        times.append(page.evaluate(SEND, f"Said just now, number {number}"))
        page.locator(".log .message.pending").first.wait_for(state="detached")
    if page.locator(".log .message.mine[data-seq]").count() < SENT:
        raise RuntimeError("what was sent does not stand there")
    context.close()
    return percentile(sorted(times[TAKEN_IN:]), 0.95)

"""A conversation as it stands in a page and as the house keeps it, and whether a page stayed as it was meanwhile."""

import time
from uuid import UUID

ROWS = """() => [...document.querySelectorAll(".log .message")].map((one) => ({
    id: one.id,
    seq: Number(one.dataset.seq || 0),
    changed: Number(one.dataset.changed || 0),
    deleted: one.matches(".message--deleted"),
    edited: Boolean(one.querySelector(".message__edited")),
    text: one.querySelector(".message__text").textContent.trim(),
}))"""
REMEMBER = """() => {
    const list = document.querySelector(".log");
    const top = list.getBoundingClientRect().top;
    const all = [...list.querySelectorAll(".message[data-seq]")];
    const first = all.find((one) => one.getBoundingClientRect().bottom > top);
    window.remembered = {all, first, top: first.getBoundingClientRect().top, scrolled: list.scrollTop};
}"""
MOVED = """() => {
    const {all, first, top} = window.remembered || {};
    return {
        forgotten: !all,
        replaced: (all || []).filter((one) => document.getElementById(one.id) !== one).map((one) => one.id),
        pixels: first ? Math.abs(first.getBoundingClientRect().top - top) : null,
    };
}"""


def write(page, text):
    box = page.locator("[data-composer] textarea")
    box.fill(text)
    box.press("Enter")


def waiting(page):
    """The texts that are shown as not yet kept."""
    return [text.strip() for text in page.locator(".log .pending .message__text").all_inner_texts()]


def scroll_up(page):
    """Read on in the middle of what is loaded, away from both ends."""
    page.locator(".log").evaluate("list => { list.scrollTop = list.scrollHeight / 2; }")


def at_end(page):
    return page.locator(".log").evaluate("list => list.scrollHeight - list.scrollTop - list.clientHeight < 2")


def remember(page):
    """From now on `moved` tells what became of these elements and this place."""
    page.evaluate(REMEMBER)


def moved(page):
    """{"forgotten": another page stands there, "replaced": ids that are other elements now, "pixels": how far}."""
    return page.evaluate(MOVED)


def kept(house, conversation):
    """The messages as rows of the page would show them, in order."""
    query = "SELECT client_id, seq, changed, deleted_at, edited_at, body FROM backchannel_message"
    return [
        {
            "id": f"m-{UUID(str(client_id))}",
            "seq": seq,
            "changed": changed,
            "deleted": deleted is not None,
            "edited": edited is not None and deleted is None,
            "text": "Message deleted" if deleted else body,
        }
        for client_id, seq, changed, deleted, edited, body in house.sql(
            f"{query} WHERE conversation_id = ? ORDER BY seq", conversation
        )
    ]


def as_kept(page, house, conversation, within=10.0):
    """Wait until the page shows what the house keeps, from its first message on; each once, in order → the rows."""
    end = time.monotonic() + within
    while (wrong := _difference(page, house, conversation)) is not None:
        assert time.monotonic() < end, wrong
        page.wait_for_timeout(200)
    return page.evaluate(ROWS)


def _difference(page, house, conversation):
    """None, or the first (rows that only the page has, rows that it lacks); none of either: another order."""
    shown = page.evaluate(ROWS)
    since = shown[0]["seq"] if shown else 0
    expected = [row for row in kept(house, conversation) if row["seq"] >= since]
    if shown == expected:
        return None
    return [row for row in shown if row not in expected][:3], [row for row in expected if row not in shown][:3]

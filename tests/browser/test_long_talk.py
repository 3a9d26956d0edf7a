"""Ten thousand messages, from the end to the beginning and some way back, while others go on writing."""

import re
import threading

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full  # ten thousand messages

MANY = 10_000
MOST = 300  # in the page

BEGIN = f"""
from uuid import uuid4
from accounts.models import Person
from backchannel import batches
from backchannel.models import Conversation
from backchannel.writing import Draft

ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
talk = Conversation.between(ada, bob)
talk.messages.all().delete()
for first in range(0, {MANY}, 200):
    batches.write([Draft(talk.pk, ada.pk, uuid4(), f"line {{first + n}}" + " and more" * (n % 40)) for n in range(200)])
print(talk.get_absolute_url())
"""
GO_ON = """
import time
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation

ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
for n in range({count}):
    Conversation.between(ada, bob).post(ada, uuid4(), f"news {{n}}")
    time.sleep({pause})
"""

# Scrolls to where more is fetched, as often as there is more, at most so many times; each time it looks at where a
# message in sight stands before and after, at how many there are, and whether one is missing or stands there twice.
SCROLL = """async ([name, times]) => {
    const list = document.querySelector("[data-conversation][data-head]");
    const frame = () => new Promise(requestAnimationFrame);
    const link = () => list.querySelector(`:scope > [data-${name}]`);
    const all = () => [...list.querySelectorAll(":scope > [data-seq]")];
    const found = { pages: 0, most: 0, moved: 0, gaps: 0 };
    while (link() && found.pages < times) {
        const old = link();
        list.scrollTop = name === "older" ? 150 : list.scrollHeight - list.clientHeight - 150;
        const top = list.getBoundingClientRect().top;
        const seen = all().find((one) => one.getBoundingClientRect().top > top + 50);
        const before = seen.getBoundingClientRect().top;
        while (old.isConnected) {
            await frame();
            if (seen.isConnected) found.moved = Math.max(found.moved, Math.abs(seen.getBoundingClientRect().top - before));
            found.most = Math.max(found.most, all().length);
        }
        await frame();
        found.moved = Math.max(found.moved, Math.abs(seen.getBoundingClientRect().top - before));
        found.most = Math.max(found.most, all().length);
        const places = all().map((one) => Number(one.dataset.seq));
        found.gaps += places.filter((place, n) => n && place !== places[n - 1] + 1).length;
        found.pages++;
    }
    return found;
}"""


@pytest.fixture
def others_write(house):
    """others_write(count, pause) goes on beside the test, and has ended with it."""
    threads = []

    def begin(count, pause=0.5):
        code = GO_ON.format(count=count, pause=pause)
        threads.append(threading.Thread(target=house.run, args=[code]))
        threads[-1].start()
        return threads[-1]

    yield begin
    for thread in threads:
        thread.join()


def test_nothing_moves_and_the_page_stays_small(house, person, others_write, complaints):
    path = house.run(BEGIN).split()[-1]
    bob = person("bob")
    bob.goto(path)
    bob.locator(".log .message").last.wait_for()
    writing = others_write(60)
    up = bob.evaluate(SCROLL, ["older", MANY])
    print("to the beginning:", up)
    assert (up["pages"], up["gaps"]) == (MANY // 40 - 1, 0)
    assert up["moved"] <= 1 and up["most"] <= MOST
    assert bob.locator(".log .message__text").first.inner_text() == "line 0"
    writing.join()
    pill = bob.get_by_role("button", name=re.compile("[0-9]+ new messages"))
    pill.wait_for()
    down = bob.evaluate(SCROLL, ["newer", 20])
    print("and back:", down)
    assert (down["pages"], down["gaps"]) == (20, 0)
    assert down["moved"] <= 1 and down["most"] <= MOST
    pill.click()
    expect(bob.locator(".log .message__text").last).to_have_text("news 59")
    expect(bob.locator("[data-newest]")).to_have_count(0)


def test_what_is_written_while_one_comes_back_down_is_there(house, person, others_write, complaints):
    path = house.run(BEGIN.replace(str(MANY), "600")).split()[-1]
    bob = person("bob")
    bob.goto(path)
    bob.locator(".log .message").last.wait_for()
    bob.evaluate(SCROLL, ["older", 100])
    expect(bob.locator("[data-newest]")).to_have_count(1)
    writing = others_write(50, 0.1)
    down = bob.evaluate(SCROLL, ["newer", 100])
    assert (down["gaps"], down["most"] <= MOST) == (0, True)
    writing.join()
    bob.evaluate("() => { const list = document.querySelector('.log'); list.scrollTop = list.scrollHeight; }")
    expect(bob.locator(".log .message__text").last).to_have_text("news 49")
    expect(bob.locator("[data-newer]")).to_have_count(0)
    seqs = bob.locator(".log > [data-seq]").evaluate_all("all => all.map((one) => Number(one.dataset.seq))")
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))

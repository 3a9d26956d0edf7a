"""What many ask at once is one question."""

import asyncio
import threading

import pytest

from live import gathering
from live.gathering import Gathered

pytestmark = pytest.mark.django_db(transaction=True)


class Base:
    """A database that can be held up."""

    def __init__(self):
        self.questions = []
        self.goes_on = threading.Event()
        self.goes_on.set()

    def ask(self, numbers):
        self.goes_on.wait(3)
        self.questions.append(list(numbers))
        if 13 in numbers:
            raise LookupError(13)
        return [number * 2 for number in numbers]


async def test_what_comes_while_one_is_asked_is_asked_together():
    base = Base()
    gathered = Gathered(base.ask)
    base.goes_on.clear()
    first = asyncio.create_task(gathered.ask(0))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(gathered.ask(number)) for number in range(1, 6)]
    await asyncio.sleep(0.01)
    base.goes_on.set()
    assert await asyncio.gather(first, *others) == [0, 2, 4, 6, 8, 10]
    assert base.questions == [[0], [1, 2, 3, 4, 5]]


async def test_not_more_than_so_many_at_once(monkeypatch):
    monkeypatch.setattr(gathering, "MOST", 2)
    base = Base()
    gathered = Gathered(base.ask)
    assert await asyncio.gather(*(gathered.ask(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert base.questions == [[0, 1], [2, 3], [4]]


async def test_what_fails_fails_for_those_who_asked_and_for_nobody_later():
    gathered = Gathered(Base().ask)
    answers = await asyncio.gather(gathered.ask(12), gathered.ask(13), return_exceptions=True)
    assert [type(answer) for answer in answers] == [LookupError, LookupError]
    assert await gathered.ask(1) == 2


async def test_who_stops_waiting_holds_nobody_up():
    base = Base()
    gathered = Gathered(base.ask)
    base.goes_on.clear()
    gone, stays = (asyncio.create_task(gathered.ask(number)) for number in (1, 2))
    await asyncio.sleep(0.01)
    gone.cancel()
    base.goes_on.set()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone


def test_a_loop_that_ended_leaves_nothing_that_is_waited_for():
    base = Base()
    gathered = Gathered(base.ask)
    base.goes_on.clear()

    async def gives_up():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(gathered.ask(1), 0.01)

    asyncio.run(gives_up())
    base.goes_on.set()
    assert asyncio.run(gathered.ask(2)) == 4


async def test_who_asks_much_at_once_waits_by_himself():
    base = Base()
    gathered = Gathered(base.ask, asker=lambda number: number >= 10)
    base.goes_on.clear()
    first = asyncio.create_task(gathered.ask(0))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(gathered.ask(number)) for number in (1, 2, 3, 4, 5, 20)]
    await asyncio.sleep(0.01)
    base.goes_on.set()
    assert await asyncio.gather(first, *others) == [0, 2, 4, 6, 8, 10, 40]
    assert base.questions == [[0], [1, 2, 20], [3, 4], [5]]

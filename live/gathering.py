"""Many questions, one answer from the database: what is asked while a question is under way waits for the next."""

import asyncio
from collections import Counter

from live import registry

MOST = 256  # questions in one
EACH = 2  # of them by one asker, where it matters who asks


class Gathered:
    """Makes a plain function of many things one that can be asked about each.

    function(list of questions) → a list of answers in their order. What it raises, all of them get.
    asker(question): whose it is; who asks much at once waits for his later ones, and others do not wait for him.
    """

    def __init__(self, function, asker=id):
        self._function = function
        self._asker = asker
        self._loop = None
        self._forget()

    def _forget(self):
        self._waiting = []
        self._asking = None

    async def ask(self, question):
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self._forget()  # what an older loop waited for nobody waits for any more
        answer = loop.create_future()
        self._waiting.append((question, answer))
        if self._asking is None or self._asking.done():
            self._asking = loop.create_task(self._ask_all())
        return await answer

    async def _ask_all(self):
        while self._waiting:
            together = self._next()
            try:
                answers = await registry.ask(self._function, [question for question, _answer in together])
            except Exception as error:  # noqa: BLE001  it is theirs to handle
                _settle(together, [error] * len(together))
            else:
                _settle(together, answers)

    def _next(self):
        """Takes from those that wait, the first ones first."""
        together, later, asked = [], [], Counter()
        for one in self._waiting:
            asker = self._asker(one[0])
            fits = len(together) < MOST and asked[asker] < EACH
            asked[asker] += fits
            (together if fits else later).append(one)
        self._waiting = later
        return together


def _settle(together, answers):
    for (_question, waiting), answer in zip(together, answers, strict=True):
        if waiting.done():  # whoever asked has gone
            continue
        if isinstance(answer, Exception):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)

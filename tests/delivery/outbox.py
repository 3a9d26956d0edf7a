"""What a tab writes: one after another for each conversation, again with the same id until it is answered."""

import asyncio
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests.delivery.drawn import Row

ACK = 6.0  # seconds for an answer over the socket
PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between tries; then it waits for a new line
CHANGED = re.compile(r'data-changed="(\d+)"')


@dataclass
class Change:
    """An edit, or a deletion (`body` None). `number`: what it took, 0 while that is not known."""

    body: str | None
    state: str = "waiting"  # "ok", "refused" or "unknown"
    number: int = 0


@dataclass
class Sent:
    """A message that somebody wrote, and all that he was told about it."""

    client_id: str
    conversation: str
    author: str
    body: str
    order: int  # among what this author wrote into this conversation from this tab
    tab: str = ""
    state: str = "waiting"  # "ok" or "refused"
    seqs: set = field(default_factory=set)  # every answer's
    tries: int = 0
    busy: int = 0  # answers that said "later"
    began: float = 0.0
    ended: float = 0.0
    why: str = ""
    changes: list = field(default_factory=list)

    @property
    def outcome(self):
        """ "ok", "refused", "unknown" (no answer yet), or "unsent": every answer said "later"."""
        if self.state != "waiting":
            return self.state
        return "unknown" if self.tries > self.busy else "unsent"

    @property
    def recovered(self):
        return self.state == "ok" and self.tries > 1

    def bodies(self):
        return {self.body, *(change.body for change in self.changes if change.body is not None)}


class Outbox:
    def __init__(self, tab):
        self.tab = tab
        self.all = []
        self._queues = defaultdict(list)
        self._working = {}
        self._answers = {}
        self.unasked = []  # answers of the socket to what was not sent from here
        self._awake = asyncio.Event()  # there is a new line: what gave up tries again

    def close(self):
        for task in self._working.values():
            task.cancel()

    @property
    def waiting(self):
        """Whether something is on its way."""
        return any(self._queues.values())

    # Writing ------------------------------------------------------------------------------------------------

    def post(self, client_id, conversation, body):
        """Takes a message on → its Sent, which is filled in while it goes."""
        author = self.tab.person.id
        sent = Sent(client_id, conversation, author, body, len(self.all), tab=str(id(self.tab)), began=time.monotonic())
        self.all.append(sent)
        self._queues[conversation].append(sent)
        self.tab.screen.echo(conversation, Row(client_id, 0, 0, author, body, False))
        if conversation not in self._working:
            self._working[conversation] = asyncio.create_task(self._work(conversation))
        return sent

    async def _work(self, conversation):
        """The oldest first, and none behind it as long as it has not gone."""
        queue, failed = self._queues[conversation], 0
        while queue:
            sent = queue[0]
            sent.tries += 1
            wait = await self._deliver(sent)
            if sent.state != "waiting":
                queue.remove(sent)
                failed = 0
            elif wait is not None:
                await asyncio.sleep(wait)
            else:
                failed = await self._pause(failed)
        del self._working[conversation]

    async def _pause(self, failed):
        self._awake.clear()
        seconds = PAUSES[failed] if failed < len(PAUSES) else None
        try:
            await asyncio.wait_for(self._awake.wait(), seconds)
        except TimeoutError:
            return failed + 1
        return 0

    def retry_all(self):
        self._awake.set()

    async def _deliver(self, sent):
        """One try. Notes what was answered → seconds to wait if that was told."""
        answer = await self._by_socket(sent) if self.tab.way == "socket" else None
        kind, value = answer or await self._by_form(sent)
        if sent.state != "waiting":  # it came back by the socket meanwhile
            return None
        if kind == "ok":
            self._keep(sent, value)
        elif kind == "refused":
            sent.state, sent.why, sent.ended = "refused", value, time.monotonic()
        elif kind == "later":
            sent.busy += 1
            return value and value + self.tab.chance.random() * value
        return None

    def _keep(self, sent, seq):
        sent.seqs.add(seq)
        if sent.state == "waiting":
            sent.state, sent.ended = "ok", time.monotonic()

    async def _by_form(self, sent):
        path = f"/backchannel/{sent.conversation}/messages/"
        fields = {"client_id": sent.client_id, "body": sent.body}
        return meaning(await self.tab.person.asking.ask(self.tab.port, "POST", path, fields))

    async def _by_socket(self, sent):
        """None where nothing came back: then it goes as a form."""
        frame = {"type": "post", "conversation": sent.conversation, "client_id": sent.client_id, "body": sent.body}
        self._answers[sent.client_id] = answer = asyncio.get_running_loop().create_future()
        if not self.tab.send(frame):
            return None
        try:
            return await asyncio.wait_for(answer, ACK)
        except TimeoutError:
            return None
        finally:
            self._answers.pop(sent.client_id, None)

    # Hearing ------------------------------------------------------------------------------------------------

    def answered(self, frame):
        """The server's answer to something sent by the socket."""
        answer = self._answers.get(frame["client_id"])
        if answer and not answer.done():
            answer.set_result(told(frame))
        elif answer is None:
            self.unasked.append(frame)

    def lost(self):
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(None)

    def seen(self, row):
        """A message stands on the screen with its place: if it is one of ours, it is kept."""
        for queue in self._queues.values():
            for sent in queue:
                if sent.client_id == row.client_id and sent.author == row.author:
                    self._keep(sent, row.seq)
                    self._awake.set()

    # Changing -----------------------------------------------------------------------------------------------

    async def change(self, sent, body):
        """Edit (body) or delete (None) what was kept: tried until it is answered, as somebody who clicks again."""
        change = Change(body)
        sent.changes.append(change)
        path = f"/backchannel/{sent.conversation}/messages/{sent.client_id}/" + ("deletion/" if body is None else "")
        fields = {} if body is None else {"body": body}
        for pause in (*PAUSES, 0):
            answer = await self.tab.person.asking.ask(self.tab.port, "POST", path, fields)
            if answer and answer.status < 500 and answer.status != 429:
                change.state = "ok" if answer.ok else "refused"
                found = CHANGED.search(answer.text)
                change.number = int(found[1]) if found and answer.ok else 0
                return
            change.state = "unknown"
            await asyncio.sleep(max(pause, answer.wait if answer else 0))


def meaning(answer):
    """What an answer to the form says: ("ok", seq), ("refused", why), ("later", seconds or None) or ("none", None)."""
    if answer is None:
        return "none", None
    if answer.ok:
        return "ok", json.loads(answer.headers["hx-trigger"])["message:sent"]["seq"]
    return _not_kept(answer.status, answer.wait, re.sub(r"<[^>]*>", " ", answer.text).strip()[:200])


def told(frame):
    """The same of an answer of the socket."""
    if frame["type"] == "ack":
        return "ok", frame["seq"]
    return _not_kept(frame["status"], frame.get("wait"), frame["text"])


def _not_kept(status, wait, text):
    if status == 429:
        return "later", wait or PAUSES[0]
    if status == 503:
        return "later", wait or None
    return ("none", None) if status >= 500 else ("refused", f"{status} {text}")

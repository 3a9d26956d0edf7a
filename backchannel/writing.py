"""The one place where messages are written, however many people write at once.

What waits is gathered and written together: who comes while a transaction is under way goes with the next one, and
nobody waits for company. One thread for each process does it, as long as there is something to write.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, connections

from accounts.limits import Busy
from backchannel import batches
from backchannel.models import Message
from live.hub import hub

logger = logging.getLogger(__name__)

MOST = 2000  # drafts that wait at once
TOGETHER = 64  # drafts in one transaction
PATIENCE = 5.0  # seconds a draft waits for a conversation that somebody else has locked
AGAIN = 0.02  # seconds between two tries to lock it
IDLE = 1.0  # seconds without work until the thread ends, and its connection with it
LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
SOON = 2  # seconds until it is worth trying again


class Draft:
    """Words that somebody wants kept, and what became of them: `outcome` is the message, or what to raise.

    `login` names the log-in by which they came, if it is yet to be asked whether that still counts. `told` is called
    in the writer's thread with all drafts of one batch that name the same function. `reply_to` is the id of another
    message of that conversation, `forwarded` says that the words were read elsewhere, `files` are the ids of the
    author's attachments that go with them.
    """

    def __init__(
        self,
        conversation_id: str,
        author_id: str,
        client_id: UUID,
        body: str,
        login: str | None = None,
        told: Callable[[list], None] | None = None,
        reply_to: UUID | None = None,
        forwarded: bool = False,
        files: Sequence[str] = (),
    ) -> None:
        self.conversation_id, self.author_id = conversation_id, author_id
        self.client_id, self.body = client_id, body
        self.login, self.told = login, told or _wake
        self.reply_to, self.forwarded, self.files = reply_to, forwarded, files
        self.outcome: Message | Exception | None = None
        self.since = time.monotonic()
        self.settled = threading.Event()
        self.withdrawn = False


def _wake(drafts: list[Draft]) -> None:
    for draft in drafts:
        draft.settled.set()


def keep(draft: Draft) -> Message:
    """Write this and give the message, or raise why not. Within a transaction it becomes a part of that one."""
    if connection.in_atomic_block:
        batches.write([draft])
    else:
        # Whoever waits holds none: or all of a pool would be with those who wait for the writer to get one.
        connection.close_if_unusable_or_obsolete()
        if writer.take(draft):
            raise Busy(SOON)
        if not draft.settled.wait(PATIENCE + SOON):
            draft.withdrawn = True  # if it is being written right now, the same id tells so next time
            raise Busy(SOON)
    if not isinstance(draft.outcome, Message):
        raise draft.outcome or Busy(SOON)
    return draft.outcome


class Writer:
    """Conversations with what waits for each, in order. They take turns."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Draft]] = {}
        self._locked: dict[str, float] = {}  # conversation → when to try again
        self._count = 0
        self._thread: threading.Thread | None = None

    def take(self, *drafts: Draft) -> Sequence[Draft]:
        """Have these written soon → those for which there is no room."""
        with self._changed:
            room = max(0, MOST - self._count)
            if self._thread is None and drafts[:room]:
                thread = threading.Thread(target=self._work, name="writer", daemon=True)
                thread.start()  # where there can be none, nothing was taken
                self._thread = thread
            for draft in drafts[:room]:
                self._waiting.setdefault(draft.conversation_id, deque()).append(draft)
            self._count += len(drafts[:room])
            self._changed.notify()
        return drafts[room:]

    # In its own thread ------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            while drafts := self._next():
                self._write(drafts)
        finally:
            connections.close_all()
            with self._changed:
                if self._thread is threading.current_thread():
                    self._thread = None  # it broke: the next draft has another one started

    def _next(self) -> list[Draft]:
        """What is to be written now; nothing when there was nothing for a while."""
        with self._changed:
            end = time.monotonic() + IDLE
            while not (ready := self._ready()):
                now = time.monotonic()
                if not self._waiting and now >= end:
                    self._thread = None
                    return []
                self._changed.wait(AGAIN if self._waiting else end - now)
            return self._gather(ready)

    def _ready(self) -> list[str]:
        now = time.monotonic()
        return [pk for pk in self._waiting if self._locked.get(pk, 0) <= now]

    def _gather(self, ready: list[str]) -> list[Draft]:
        drafts: list[Draft] = []
        for pk in ready:
            mine = self._waiting.pop(pk)
            while mine and len(drafts) < TOGETHER:
                drafts.append(mine.popleft())
            if mine:
                self._waiting[pk] = mine  # behind the others
            if len(drafts) >= TOGETHER:
                break
        return drafts

    def _write(self, drafts: list[Draft]) -> None:
        with hub.holding():  # what people are told and what the authors are answered: one waking of the loop
            try:
                left = _written_even_if_it_takes_two([draft for draft in drafts if not draft.withdrawn])
            except (OperationalError, InterfaceError):
                logger.warning("The database takes no messages: %s are refused for now", self._count, exc_info=True)
                connections.close_all()
                self._refuse([*drafts, *self._all()])
            else:
                waiting = set(left)
                self._settle([draft for draft in drafts if draft not in waiting])
                self._put_back(left)

    def _all(self) -> list[Draft]:
        with self._changed:
            waiting = [draft for mine in self._waiting.values() for draft in mine]
            self._waiting.clear()
        return waiting

    def _put_back(self, left: list[Draft]) -> None:
        """In front of what came meanwhile; what has waited for long enough is refused."""
        now = time.monotonic()
        patient = [draft for draft in left if now - draft.since < PATIENCE]
        with self._changed:
            self._locked = {draft.conversation_id: now + AGAIN for draft in left} | {
                pk: until for pk, until in self._locked.items() if until > now
            }
            for draft in reversed(patient):
                self._waiting.setdefault(draft.conversation_id, deque()).appendleft(draft)
        self._refuse([draft for draft in left if draft not in patient])

    def _refuse(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            draft.outcome = Busy(SOON)
        self._settle(drafts)

    def _settle(self, drafts: list[Draft]) -> None:
        with self._changed:
            self._count -= len(drafts)
        by_listener: dict[Callable, list[Draft]] = {}
        for draft in drafts:
            by_listener.setdefault(draft.told, []).append(draft)
        for told, mine in by_listener.items():
            try:
                told(mine)
            except Exception:
                logger.exception("Somebody could not be told what became of his messages")


def _written_even_if_it_takes_two(drafts: list[Draft]) -> list[Draft]:
    """The connection is kept as long as there is something to write: whether the server was started anew shows here.
    What had been committed already is found again by its ids."""
    kept = connection.connection
    try:
        return _written(drafts)
    except (OperationalError, InterfaceError):
        if kept is None or (connection.connection is kept and connection.is_usable()):
            raise
        connections.close_all()
        return _written(drafts)


def _written(drafts: list[Draft]) -> list[Draft]:
    """Write them together. If one of them cannot be written at all, one by one: it must not spoil the others."""
    try:
        return batches.write(drafts, skip_locked=True)
    except Exception as error:
        if _is_the_end(error):
            raise
        logger.warning("%s messages could not be written together", len(drafts), exc_info=True)
        return _one_by_one(drafts)


def _one_by_one(drafts: list[Draft]) -> list[Draft]:
    left: list[Draft] = []
    held_up: set[str] = set()  # authors for whom it waited in vain already
    for draft in drafts:
        if any(other.conversation_id == draft.conversation_id for other in left):
            left.append(draft)
        elif draft.author_id in held_up:
            draft.outcome = Busy(SOON)
        else:
            left += _by_itself(draft, held_up)
    return left


def _by_itself(draft: Draft, held_up: set[str]) -> list[Draft]:
    try:
        return batches.write([draft], skip_locked=True)
    except Exception as error:
        if _is_the_end(error):
            raise
        if _is_locked(error):
            held_up.add(draft.author_id)
        draft.outcome = Busy(SOON) if _is_locked(error) else error  # told to whoever waits for it
    return []


def _is_the_end(error: Exception) -> bool:
    """Whether the database as a whole is at fault, and not one message."""
    return isinstance(error, OperationalError | InterfaceError) and not _is_locked(error)


def _is_locked(error: Exception) -> bool:
    """Whether somebody else held a row for too long that one of the messages refers to."""
    return getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE


writer = Writer()

"""A message that comes over the socket: queued at once, answered when it is kept, or when it will not be."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from uuid import UUID

from accounts import limits
from accounts.refusals import Refused
from backchannel.forms import MessageForm
from backchannel.models import Message
from backchannel.writing import MOST, SOON, Draft, writer

logger = logging.getLogger(__name__)

FAILED = 500
NOBODY = UUID(int=0)

# One thread, so that what one person writes keeps its order. The limits' cache may be on the other end of a line.
_intake = ThreadPoolExecutor(max_workers=1, thread_name_prefix="post")
_room = threading.BoundedSemaphore(MOST)  # for what has not reached the writer yet


async def post(socket, frame: dict) -> None:
    """Only takes it on: the socket's next frame does not wait for it. It gets exactly one answer."""
    draft = Post(socket, frame, asyncio.get_running_loop())
    if _room.acquire(blocking=False):
        _intake.submit(_take, draft)
    else:
        draft.outcome = limits.Busy(SOON)
        await socket.send(draft.answer())


class Post(Draft):
    """A draft that knows from which socket it came."""

    def __init__(self, socket, frame: dict, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(frame.get("conversation", ""), socket.person_id, NOBODY, "", socket.login, _answer)
        self.socket, self.frame, self.loop = socket, frame, loop

    def check(self) -> None:
        """As with the form: tidied, measured, counted. Raises Refused."""
        self.client_id, self.body = MessageForm(self.frame).words()
        limits.spend("post", self.author_id)

    def answer(self) -> dict:
        which = {"conversation": self.conversation_id, "client_id": self.frame.get("client_id", "")}
        if isinstance(self.outcome, Message):
            return {"type": "ack", **which, "seq": self.outcome.seq}
        if isinstance(self.outcome, Refused):
            no = self.outcome
            return {"type": "refused", **which, "text": str(no.sentence), "status": no.status, "wait": no.wait}
        return {"type": "refused", **which, "text": "", "status": FAILED, "wait": 0}


def _take(draft: Post) -> None:
    _room.release()
    try:
        draft.check()
        writer.take(draft)
    except Refused as refused:
        draft.outcome = refused
        _answer([draft])
    except Exception as error:
        logger.exception("A message could not be taken on")
        draft.outcome = error
        _answer([draft])


def _answer(drafts: list[Post]) -> None:
    """All of one batch at once: waking the loop is dear."""
    for loop, mine in groupby(drafts, key=lambda draft: draft.loop):
        sending = _send(list(mine))
        try:
            asyncio.run_coroutine_threadsafe(sending, loop)
        except RuntimeError:  # the loop is closed, and all its sockets with it
            sending.close()


async def _send(drafts: list[Post]) -> None:
    for draft in drafts:
        await draft.socket.send(draft.answer())

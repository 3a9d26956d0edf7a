"""A message that comes over the socket: queued at once, answered when it is kept, or when it will not be."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from accounts import limits
from accounts.refusals import Refused
from backchannel.forms import read_words
from backchannel.models import Message
from backchannel.writing import MOST, SOON, Draft, writer
from live import frames
from live.hub import hub
from live.piece import Piece

logger = logging.getLogger(__name__)

FAILED = 500
NOBODY = UUID(int=0)

# One thread, so that what one person writes keeps its order. The limits' cache may be on the other end of a line: it is
# asked about all who wait at once.
_intake = ThreadPoolExecutor(max_workers=1, thread_name_prefix="post")
_giving = threading.Lock()
_waiting: list[Post] = []  # what the intake has not looked at yet


async def post(socket, frame: dict) -> None:
    """Only takes it on: the socket's next frame does not wait for it. It gets exactly one answer."""
    draft = Post(socket, frame)
    with _giving:
        first, full = not _waiting, len(_waiting) >= MOST
        if not full:
            _waiting.append(draft)
    if full:
        draft.outcome = limits.Busy(SOON)
        await socket.send(draft.answer())
    elif first:
        _intake.submit(_take)


class Post(Draft):
    """A draft that knows from which socket it came."""

    def __init__(self, socket, frame: dict) -> None:
        super().__init__(frame.get("conversation", ""), socket.person_id, NOBODY, "", socket.login, _answer)
        self.socket, self.frame = socket, frame

    def check(self) -> None:
        """As with the form: tidied and measured. Raises Refused."""
        self.client_id, self.body, self.reply_to, self.files = read_words(self.frame)

    def answer(self) -> dict:
        which = {"conversation": self.conversation_id, "client_id": self.frame.get("client_id", "")}
        if isinstance(self.outcome, Message):
            return {"type": "ack", **which, "seq": self.outcome.seq}
        if isinstance(self.outcome, Refused):
            no = self.outcome
            return {"type": "refused", **which, "text": str(no.sentence), "status": no.status, "wait": no.wait}
        return {"type": "refused", **which, "text": "", "status": FAILED, "wait": 0}

    def send_answer(self) -> None:
        self.socket.push(Piece(frames.encode(self.answer())))


def _take() -> None:
    with _giving:
        drafts = _waiting[:]
        _waiting.clear()
    over = drafts
    try:
        over = _hand_over(drafts)
    except Exception as error:
        logger.exception("%s messages could not be taken on", len(drafts))
        for draft in drafts:
            draft.outcome = draft.outcome or error
    if over:
        _answer(over)


def _hand_over(drafts: list[Post]) -> list[Post]:
    """To the writer, if nothing is wrong with it and its author has not written too much → the others.

    What the writer has, it alone answers: what has become of it in the middle of a transaction is not yet true.
    """
    for draft in drafts:
        try:
            draft.check()
        except Refused as refused:
            draft.outcome = refused
    sound = [draft for draft in drafts if draft.outcome is None]
    for draft, refused in zip(sound, limits.spend_all("post", [draft.author_id for draft in sound]), strict=True):
        draft.outcome = refused
    good = [draft for draft in sound if draft.outcome is None]
    too_many = writer.take(*good)
    for one in too_many:
        one.outcome = limits.Busy(SOON)
    taken = set(good).difference(too_many)
    return [draft for draft in drafts if draft not in taken]


def _answer(drafts: list[Post]) -> None:
    """All of one batch at once: waking the loop is dear. Where there is no loop any more, there are no sockets."""
    hub.soon(*[draft.send_answer for draft in drafts])

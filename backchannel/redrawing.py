"""Reactions come in crowds: how a message looks with all those of a moment is drawn and told once."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from backchannel.models import Conversation, Message

logger = logging.getLogger(__name__)

PAUSE = 0.25  # seconds in which reactions are gathered
FORGOTTEN = timedelta(seconds=10)  # after which nobody is going to draw it any more


class Redrawing:
    """Conversations with messages that got or lost a reaction since they were drawn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[str] = set()

    def soon(self, conversation_id: str) -> None:
        """Have it done in a moment. Within a transaction it becomes a part of that one."""
        if transaction.get_connection().in_atomic_block:
            redraw(conversation_id)
            return
        with self._lock:
            begins = not self._waiting
            self._waiting.add(conversation_id)
        if begins:
            timer = threading.Timer(PAUSE, self._work)
            timer.daemon = True
            timer.start()

    def _work(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        try:
            for conversation_id in waiting:
                redraw(conversation_id)
        except DatabaseError:
            logger.warning("Reactions could not be drawn: that is made up for in a minute", exc_info=True)
        finally:
            connections.close_all()


def redraw(conversation_id: str) -> None:
    """Draw what changed there, and tell it to those who may read it now."""
    conversation = Conversation.objects.select_related("room").filter(pk=conversation_id).first()
    if not conversation:
        return
    with conversation.taking_a_number() as number:
        waiting = conversation.messages.exclude(reacted_at=None).select_related("author").order_by("seq")
        for message in waiting:
            message.conversation = conversation
            message.show_reactions(number())


def redraw_the_forgotten() -> None:
    """What a process that ended did not come to."""
    forgotten = Message.objects.filter(reacted_at__lte=timezone.now() - FORGOTTEN)
    for conversation_id in forgotten.order_by().values_list("conversation", flat=True).distinct():
        redraw(conversation_id)


redrawing = Redrawing()

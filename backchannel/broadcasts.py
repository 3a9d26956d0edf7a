"""What browsers are told about messages and questions, one function for each kind of news. All of it leaves after the
commit; who gets it is settled before, under the lock of the conversation or board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

import live

if TYPE_CHECKING:
    from backchannel.models import Conversation, Message, Question, QuestionBoard


def message_changed(message: Message) -> None:
    """A message as it is now, to everybody who may read it."""
    _to_readers(message.conversation, message.changed, message.html)


def number_taken(conversation: Conversation, number: int) -> None:
    """A number that shows nothing, so that nobody waits for it."""
    _to_readers(conversation, number, "")


def _to_readers(conversation: Conversation, number: int, html: str) -> None:
    frame = {"type": "message", "conversation": conversation.pk, "number": number, "html": html}
    people = conversation.recipients()
    if people is None:
        room = type(conversation.room).objects.only("exits").get(pk=conversation.room_id)
        live.send(room.topic, frame, exits=room.exits)
    else:
        live.tell(people, frame)


def questions_changed(board: QuestionBoard, questions: list[Question]) -> None:
    """The changed questions: with a moderator's buttons to moderators, without (and without the hidden ones) to the
    rest of the room."""
    room = board.room
    moderators = set(room.seats.moderating().values_list("person_id", flat=True))
    others = set(room.seats.taken().values_list("person_id", flat=True)) - moderators
    live.tell(list(moderators), _questions_piece(board, questions, moderating=True))
    live.tell(list(others), _questions_piece(board, questions, moderating=False))


def _questions_piece(board: QuestionBoard, questions: list[Question], *, moderating: bool) -> dict:
    shown = [question for question in questions if question.is_shown(moderating)]
    gone = [f"q-{question.pk}" for question in questions if question not in shown]
    html = "".join(draw_question(question, moderating) for question in shown)
    return {
        "type": "piece",
        "list": f"questions:{board.pk}",
        "version": board.version,
        "html": html,
        "gone": gone,
    }


def draw_question(question: Question, moderating: bool) -> str:
    context = {"question": question, "room": question.room, "moderating": moderating}
    return render_to_string("backchannel/_question.html", context)

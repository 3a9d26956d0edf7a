"""What browsers are told about messages and questions, one function for each kind of news. All of it leaves after the
commit; who gets it is settled before, under the lock of the conversation or board."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

import live

if TYPE_CHECKING:
    from accounts.models import Person
    from backchannel.models import Conversation, Group, Message, Question, QuestionBoard
    from backchannel.models.conversation import Audience
    from rooms.models import Room

INBOX = {"type": "reload", "list": "inbox"}


def message_changed(message: Message, audience: Audience | None = None) -> None:
    """A message as it is now, to everybody who may read it; to other members only that its number is taken.

    `audience`, if it was read already under the lock that still holds.
    """
    conversation = message.conversation
    audience = audience or conversation.audience(message)
    frame = message_frame(conversation, message.changed, message.html)
    _tell(conversation, frame, audience, *([INBOX] if conversation.in_inbox else []))


def number_taken(conversation: Conversation, number: int) -> None:
    """A number that shows nothing, so that nobody waits for it."""
    _tell(conversation, message_frame(conversation, number, ""), conversation.audience())


def message_frame(conversation: Conversation, number: int, html: str) -> dict:
    return {"type": "message", "conversation": conversation.pk, "number": number, "html": html}


def _tell(conversation: Conversation, frame: dict, audience: Audience, *more: dict) -> None:
    if audience.exits is not None:
        live.send(conversation.room.topic, frame, exits=audience.exits)
    else:
        live.tell(audience.readers, frame, *more)
        if audience.others:
            live.tell(audience.others, {**frame, "html": ""})


def types(person: Person, conversation: Conversation, people: Collection[str]) -> None:
    """That `person` is writing there, to `people`: worth nothing a moment later."""
    live.tell(
        people,
        {"type": "typing", "conversation": conversation.pk, "person": person.pk, "name": person.name},
        latest=True,
    )


def seen(conversation_id: str, people: Collection[str], html: str = "", gone: Collection[str] = ()) -> None:
    """How far somebody has read there, or that nothing of it is to be known any more."""
    live.tell(people, seen_frame(conversation_id, html, gone))


def seen_frame(conversation_id: str, html: str, gone: Collection[str] = ()) -> dict:
    return {"type": "piece", "list": f"seen:{conversation_id}", "version": None, "html": html, "gone": list(gone)}


def here(person_id: str, html: str) -> None:
    """To one person: with whom he talks that came or went."""
    live.tell([person_id], {"type": "piece", "list": "here", "version": None, "html": html, "gone": []})


def inbox_changed(people: list[str]) -> None:
    """Rows and counts of the inbox are no longer what they were: whoever shows them asks again."""
    live.tell(people, INBOX)


def scheduled_changed(person: str, conversation: str | None) -> None:
    """What somebody has waiting to be sent there (both ids): his own pages that show or count it ask again."""
    lists = ["scheduled", *([f"waiting:{conversation}"] if conversation else [])]
    live.tell([person], *({"type": "reload", "list": name} for name in lists))


def export_changed(person: str) -> None:
    """How far the export of somebody (an id) is: his own page that shows it asks again."""
    live.tell([person], {"type": "reload", "list": "export"})


def line_opened(line: Conversation, person: Person) -> None:
    """Somebody came on stage: his panel has one more tab now."""
    live.tell([person.pk], {"type": "reload", "list": f"panel:{line.room_id}"})


def conversation_closed(conversation: Conversation, person: Person) -> None:
    """Somebody lost access: what he has on his screen goes at once, in all his tabs."""
    live.tell([person.pk], gone(conversation.pk))
    if conversation.room_id:
        live.tell([person.pk], {"type": "reload", "list": f"panel:{conversation.room_id}"})


def gone(conversation_id: str) -> dict:
    """What a browser is told about a conversation that is not there for it: the same whether it exists or not."""
    places = [f"conversation-{conversation_id}", f"group-{conversation_id}"]
    return {"type": "piece", "list": f"conversation:{conversation_id}", "version": None, "html": "", "gone": places}


def request_accepted(conversation: Conversation) -> None:
    """To both: the one's page says that he may not write there, the other's asks whether he may."""
    people = list(conversation.memberships.values_list("person", flat=True))
    live.tell(people, {"type": "go", "to": conversation.get_absolute_url()})


def group_changed(group: Group, members: Iterable[str]) -> None:
    """Who is in it, its name or its photo: whoever shows them asks again."""
    live.tell(list(members), {"type": "reload", "list": f"group:{group.pk}"}, INBOX)


def room_started(room: Room, by: Person, people: Iterable[str]) -> None:
    """A calm line to those with whom it was started."""
    _notice(list(people), _("%(name)s started a room: “%(room)s”") % {"name": by, "room": room})


def pins_changed(conversation: Conversation) -> None:
    """What a group keeps at hand is another message now, or reads otherwise."""
    members = list(conversation.memberships.values_list("person", flat=True))
    live.tell(members, {"type": "reload", "list": f"pins:{conversation.pk}"})


def added_to_group(group: Group, by: Person, people: list[Person]) -> None:
    """A calm line to those who are in it now."""
    _notice([one.pk for one in people], _("%(name)s added you to “%(group)s”.") % {"name": by, "group": group})


def removed_from_group(group: Group, person: Person) -> None:
    """A calm line to who is outside now, whatever he has on his screen."""
    _notice([person.pk], _("You are no longer in “%(group)s”.") % {"group": group})


def invited_to_group(group: Group, people: list[Person]) -> None:
    """Quietly, like a request: it stands in the inbox."""
    inbox_changed([one.pk for one in people])


def questions_changed(board: QuestionBoard, questions: list[Question]) -> None:
    """The changed questions: with a moderator's buttons to moderators, without to the rest of the room. A hidden one
    stays only with the moderators and its asker."""
    seated = board.room.seats.taken().values_list("person_id", "role")
    moderators = {person for person, role in seated if role == "moderator"}
    askers = {question.asker_id for question in questions if question.state == "hidden"} - moderators
    others = {person for person, _role in seated} - moderators
    on_stage = {person for person, role in seated if role != "listener"}
    live.tell(moderators, _questions_piece(board, questions, moderating=True, on_stage=on_stage))
    live.tell(others - askers, _questions_piece(board, questions))
    for asker in askers & others:
        live.tell([asker], _questions_piece(board, questions, asker=asker))


def _questions_piece(
    board: QuestionBoard,
    questions: list,
    *,
    moderating: bool = False,
    asker: str = "",
    on_stage: Collection[str] = (),
) -> dict:
    shown = [question for question in questions if question.is_shown(moderating, asker)]
    gone = [f"q-{question.pk}" for question in questions if question not in shown]
    html = "".join(draw_question(question, moderating, on_stage) for question in shown)
    return {
        "type": "piece",
        "list": f"questions:{board.pk}",
        "version": board.version,
        "html": html,
        "gone": gone,
    }


def draw_question(question: Question, moderating: bool, on_stage: Collection[str]) -> str:
    """`on_stage`: who need not be called there."""
    context = {"question": question, "room": question.room, "moderating": moderating, "on_stage": on_stage}
    return render_to_string("backchannel/_question.html", context)


def votes_changed(board: QuestionBoard, person: Person) -> None:
    """A person's own votes, in all his tabs: the questions themselves are drawn the same for everybody."""
    html = format_html('<data id="my-votes" value="{}"></data>', " ".join(board.voted_by(person)))
    frame = {"type": "piece", "list": f"votes:{board.pk}", "version": None, "html": html, "gone": []}
    live.tell([person.pk], frame)


def question_decided(question: Question) -> None:
    """A calm line to the asker whose question was chosen or answered by somebody else."""
    lines = {
        "answering": _("Your question is being answered now."),
        "answered": _("Your question was answered."),
    }
    if question.state in lines and question.decided_by != question.asker:
        _notice([question.asker_id], lines[question.state])


def answering_now(question: Question) -> None:
    """What is talked about from here on, to everybody else in the room."""
    seated = question.room.seats.taken().exclude(person__in=[question.asker, question.decided_by])
    text = _("Answering now: %(question)s") % {"question": question.body}
    _notice(list(seated.values_list("person_id", flat=True)), text)


def _notice(people: list[str], text: str) -> None:
    live.tell(people, {"type": "notice", "text": text, "level": "polite"})


def moderating_changed(room: Room, person_id: str) -> None:
    """Somebody sees a room's questions with other eyes now: with the hidden ones and the buttons, or without."""
    live.tell([person_id], {"type": "reload", "list": f"questions:{room.pk}"})

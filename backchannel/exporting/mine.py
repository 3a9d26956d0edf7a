"""All that somebody wrote, and how he keeps his conversations: as JSON, with his files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Person
from backchannel.exporting.files import Step, copy, pack, texts
from backchannel.models import Attachment, Message, Reaction, Scheduled
from backchannel.models.scheduled import title_of

TOGETHER = 500  # messages
PROFILE = (
    "username",
    "name",
    "email",
    "bio",
    "messages_from",
    "show_nomination",
    "receipts",
    "presence",
    "theme",
    "time_zone",
    "language",
    "created_at",
)
KEPT = ("role", "level", "pinned", "muted_until", "from_seq", "read_seq", "draft")


def write_mine(person: Person, archive: zipfile.ZipFile, step: Step) -> None:
    files = Attachment.objects.served().filter(person=person).order_by("touched_at", "pk")
    packed = pack(archive, files, step)
    texts(archive, "profile.json", [_json({name: getattr(person, name) for name in PROFILE})])
    if person.photo:
        copy(archive, "photo.webp", str(person.photo.name))
    texts(archive, "conversations.json", _array(_conversations(person)))
    texts(archive, "scheduled.json", _array(_scheduled(person)))
    texts(archive, "reactions.json", _array(_reactions(person)))
    texts(archive, "messages.json", _array(_messages(person, packed, step)))


def _json(value) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _array(rows: Iterable[dict]) -> Iterator[str]:
    """A list in JSON, row by row."""
    between = "[\n"
    for row in rows:
        yield between + _json(row)
        between = ",\n"
    yield "\n]\n" if between == ",\n" else "[]\n"


def _conversations(person: Person) -> Iterator[dict]:
    mine = person.memberships.select_related("conversation__group", "conversation__room").order_by("pk")
    for kept in mine:
        conversation = kept.conversation
        named = {"conversation": conversation.pk, "kind": conversation.kind, "name": title_of(conversation, person)}
        yield named | {name: getattr(kept, name) for name in KEPT}


def _scheduled(person: Person) -> Iterator[dict]:
    for one in Scheduled.objects.of(person):
        named = {"conversation": one.conversation_id, "name": one.where, "due_at": one.due_at}
        yield named | {"text": one.body, "state": one.state, "reason": one.reason}


def _reactions(person: Person) -> Iterator[dict]:
    after = 0
    mine = Reaction.objects.filter(person=person).select_related("message").order_by("pk")
    while some := list(mine.filter(pk__gt=after)[:TOGETHER]):
        for one in some:
            where = {"conversation": one.message.conversation_id, "message": one.message.client_id}
            yield where | {"emoji": one.emoji, "at": one.created_at}
        after = some[-1].pk


def _messages(person: Person, packed: dict[str, str], step: Step) -> Iterator[dict]:
    after, done = 0, 0
    mine = Message.objects.filter(author=person, deleted_at=None, event="").select_related("reply_to")
    while some := list(mine.defer("html", "words").filter(pk__gt=after).order_by("pk")[:TOGETHER]):
        files = _files(some, packed)
        for message in some:
            yield _written(message) | {"files": files.get(message.pk, [])}
        after, done = some[-1].pk, done + len(some)
        step(done)


def _written(message: Message) -> dict:
    return {
        "conversation": message.conversation_id,
        "id": message.client_id,
        "at": message.created_at,
        "text": message.body,
        "edited_at": message.edited_at,
        "in_reply_to": message.reply_to and message.reply_to.client_id,
        "forwarded": message.forwarded,
    }


def _files(messages: list[Message], packed: dict[str, str]) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = {}
    for file in Attachment.objects.filter(message__in=messages).order_by("message", "place"):
        about = {"name": file.name, "description": file.alt, "file": packed.get(file.pk, "")}
        found.setdefault(file.message_id or 0, []).append(about)
    return found

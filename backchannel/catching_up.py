"""What a page lacks of the conversations it shows. It names how far it has read; who may read is asked anew."""

from collections.abc import Iterator

import live
from accounts.models import Person
from backchannel import broadcasts
from backchannel.models import Conversation, Message

MOST = 200  # messages; a page that lacks more draws its list again
PANEL = "panel:"


def catch_up(person_id: str, cursors: dict[str, int], versions: dict[str, int]) -> list[dict]:
    """The frames that bring each conversation from its cursor to now, then their heads, and the panels' versions.

    A conversation without a head here is drawn again by the browser, and then starts from what it drew.
    """
    person = Person(pk=person_id)
    frames, heads = _conversations(person, cursors) if cursors else ([], {})
    panels = _panels(person, [name for name in versions if name.startswith(PANEL)])
    return [*frames, {"type": "heads", "conversations": heads, "versions": panels}]


def _conversations(person: Person, cursors: dict[str, int]) -> tuple[list[dict], dict[str, int]]:
    # The heads are read before the messages: a message written in between comes twice rather than never.
    open_ones = Conversation.objects.open_to(person).with_history_of(person).in_bulk(list(cursors))
    frames, heads = [], {}
    for pk, cursor in cursors.items():
        if pk not in open_ones:
            frames.append(broadcasts.gone(pk))
        elif (lacking := _lacking(person, open_ones[pk], cursor)) is None:
            frames.append({"type": "reload", "list": f"conversation:{pk}"})
        else:
            frames += lacking
            heads[pk] = open_ones[pk].head
    return frames, heads


def _lacking(person: Person, conversation: Conversation, cursor: int) -> list[dict] | None:
    """What changed after the cursor, oldest first; None where the page cannot be mended piece by piece."""
    if cursor == conversation.head:
        return []
    if not conversation.from_seq - 1 <= cursor < conversation.head:
        # Ahead of us: we come from a backup. Or from before this membership: what it shows is no longer his.
        return None
    frames = list(_changed_after(person, conversation, cursor))
    return frames if len(frames) <= MOST else None


def _changed_after(person: Person, conversation: Conversation, cursor: int) -> Iterator[dict]:
    messages = Message.objects.readable_by(person).filter(conversation=conversation, changed__gt=cursor)
    for number, html in messages.order_by("changed").values_list("changed", "html")[: MOST + 1]:
        yield {"type": "message", "conversation": conversation.pk, "number": number, "html": html}


def _panels(person: Person, names: list[str]) -> dict[str, int]:
    """Whether each has the speakers' tab, as a version: a page that was away while one came up or went down."""
    if not names:
        return {}
    lines = Conversation.objects.filter(kind=Conversation.Kind.SPEAKERS, memberships__person=person)
    rooms = set(lines.values_list("room", flat=True))
    return {name: int(name.removeprefix(PANEL) in rooms) for name in names}


live.register(catch_up=catch_up)

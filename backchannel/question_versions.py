"""How a page finds out that its list of questions is not the newest."""

import live
from backchannel.models import QuestionBoard

PREFIX = "questions:"


def catch_up(person_id: str, cursors: dict, versions: dict) -> list[dict]:
    """For each list of questions this browser shows and its person may read: its version now, and a word to ask for
    it again where that is another one."""
    asked = {name.removeprefix(PREFIX): name for name in versions if name.startswith(PREFIX)}
    if not asked:
        return []
    readable = QuestionBoard.objects.readable_by(person_id).filter(pk__in=asked)
    now = {asked[room]: version for room, version in readable.values_list("pk", "version")}
    stale = [name for name, version in now.items() if version != versions[name]]
    return [
        *({"type": "reload", "list": name} for name in stale),
        {"type": "heads", "conversations": {}, "versions": now},
    ]


live.register(catch_up=catch_up)

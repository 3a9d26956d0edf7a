"""How a page finds out that its list of questions is not the newest."""

import live
from backchannel.models import QuestionBoard
from live.registry import Asking

PREFIX = "questions:"


def heads(names: set[str]) -> dict[str, int]:
    asked = {name.removeprefix(PREFIX): name for name in names if name.startswith(PREFIX)}
    boards = QuestionBoard.objects.filter(pk__in=asked) if asked else QuestionBoard.objects.none()
    return {asked[room]: version for room, version in boards.values_list("pk", "version")}


def catch_up(askings: list[Asking]) -> list[list[dict]]:
    """For each list of questions these browsers show and their people may read: its version now, and a word to ask for
    it again where that is another one."""
    names = {name for one in askings for name in one.versions if name.startswith(PREFIX)}
    if not names:
        return [[] for _one in askings]
    now, people = heads(names), {one.person_id for one in askings}
    readers = QuestionBoard.objects.readers(people, [name.removeprefix(PREFIX) for name in now])
    return [_lacking(one, now, readers) for one in askings]


def _lacking(one: Asking, now: dict[str, int], readers: set[tuple[str, str]]) -> list[dict]:
    mine = {
        name: now[name]
        for name in one.versions
        if name in now and (one.person_id, name.removeprefix(PREFIX)) in readers
    }
    stale = [name for name, version in mine.items() if version != one.versions[name]]
    return [*({"type": "reload", "list": name} for name in stale), {"type": "heads", "versions": mine}]


live.register(catch_up=catch_up, heads=heads)

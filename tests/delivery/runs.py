"""What a run is made of: load, a fault, recovery, and a report of what came of it."""

import asyncio
import json
import os
import random
import time
from pathlib import Path
from uuid import uuid4

SEED = os.environ.get("SEED")
SEEDS = int(os.environ.get("SEEDS", 1))
BOOKS = os.environ.get("BOOKS")

FIGURES = ("attempted", "ok", "refused", "unknown", "unsent", "recovered", "changes", "frames", "settled")


def seed(nth=0):
    """The seed of a run: a new one, or the one to play again (SEED), and for each further run the next."""
    return random.randrange(2**32) if SEED is None else int(SEED) + nth


def replay(item, number):
    """How to play this test again, as it was with this seed."""
    lane = "--postgres " if os.environ.get("DATABASE_URL") else "--sqlite "
    lane = "" if item.get_closest_marker("production") else lane  # it is in neither of them, but a third one
    return f"SEED={number} bin/test --full {lane}{item.path.relative_to(item.config.rootpath)} -k {item.originalname}"


async def held(name, world, fault, rate, warm=4.0, after=6.0, of=None):
    """Load, a fault under load, load again; then all must be there → the Verdict, whose figures are printed."""
    await world.pour(warm, rate, of)
    await world.pour_while(asyncio.ensure_future(fault), rate, of)
    await world.pour(after, rate, of)
    verdict = await world.settle()
    report(name, world, verdict)
    again = await world.encore()
    _print_and_check(f"{name}, encore", world, await world.settle())
    assert [sent for sent in again if sent.tries > 1] == []
    return verdict


async def answered(world, conversation, tab):
    """What somebody hears who writes now → (the answer, after how many seconds)."""
    began = time.monotonic()
    path, fields = f"/backchannel/{conversation}/messages/", {"client_id": str(uuid4()), "body": "anybody?"}
    world.attempted(tab, fields["client_id"], conversation, fields["body"])
    answer = await tab.person.asking.ask(tab.port, "POST", path, fields, patience=30)
    return answer, time.monotonic() - began


def report(name, world, verdict):
    """Write the figures down, and fail with the defects."""
    if BOOKS:
        _write_down(name, world, verdict)
    _print_and_check(name, world, verdict)


def _write_down(name, world, verdict):
    """One more line of the table of all runs."""
    counts = {kind: len(found) for kind, found in verdict.defects.items()}
    row = {"what": name, "house": world.house_kind, "seed": world.number, "tabs": len(world.tabs)}
    row |= {name: verdict.figures.get(name, "") for name in FIGURES} | counts
    with Path(BOOKS).open("a") as table:
        if not table.tell():
            table.write(_line(row) + _line("-" * 3 for _ in row))
        table.write(_line(row.values()))


def _line(cells):
    return f"| {' | '.join(map(str, cells))} |\n"


def _print_and_check(name, world, verdict):
    tabs = [*world.tabs, *world.forgotten]
    lines = sum(tab.opened for tab in tabs)
    print(f"\n{name} SEED={world.number} way={world.way} tabs={len(tabs)} lines={lines} {verdict}")
    wrong = {kind: found[:5] for kind, found in verdict.wrong().items()}
    assert not wrong, f"{verdict}\n" + json.dumps(wrong, indent=1, default=str)

"""What a run is made of: load, a fault, recovery, and a report that names the seed."""

import asyncio
import json
import os
import random


def seed():
    """The seed of this run: SEED, or a new one. It is printed, so that a failure can be played again."""
    return int(os.environ.get("SEED") or random.randrange(2**32))


async def held(name, world, fault, rate, warm=4.0, after=6.0, of=None):
    """Load, a fault under load, load again; then all must be there → the Verdict, whose figures are printed."""
    await world.pour(warm, rate, of)
    await world.pour_while(asyncio.ensure_future(fault), rate, of)
    await world.pour(after, rate, of)
    verdict = await world.settle()
    report(name, world, verdict)
    again = await world.encore()
    report(f"{name}, encore", world, await world.settle())
    assert [sent for sent in again if sent.tries > 1] == [], f"SEED={world.number}"
    return verdict


def report(name, world, verdict):
    """Print the figures, and fail with the defects and the seed."""
    tabs = [*world.tabs, *world.forgotten]
    lines = sum(tab.opened for tab in tabs)
    print(f"\n{name} SEED={world.number} way={world.way} tabs={len(tabs)} lines={lines} {verdict}")
    wrong = {kind: found[:5] for kind, found in verdict.wrong().items()}
    assert not wrong, f"SEED={world.number} {verdict}\n" + json.dumps(wrong, indent=1, default=str)

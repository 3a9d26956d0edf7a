"""Twenty tabs: the smallest of the runs that prove nothing is lost, nothing doubled, and everything shown."""

import asyncio
from uuid import uuid4

from tests.delivery.faults import killed
from tests.delivery.outbox import meaning, told
from tests.delivery.runs import held, report
from tests.delivery.world import BY_SOCKET
from tests.product import wait_for

RATE = 8  # things a second
AT_ONCE = 20  # the same message, sent by somebody who cannot wait
TWENTY = {"room": 10, "stage": 3, "pairs": 3}
SMALL = {"room": 4, "stage": 2, "pairs": 1}


async def test_f1_f24_one_kill_loses_nothing(shared_house, people):
    world = await people(shared_house, **TWENTY)
    await held("F1 quick", world, killed(world), RATE, warm=2, after=4)


async def test_f14_the_same_message_twenty_times_at_once_is_one(shared_house, people):
    """As forms and, where the house listens to that, over the socket."""
    world = await people(shared_house, **SMALL)
    tab, message = world.tabs[0], {"client_id": str(uuid4()), "body": "only once"}
    acks = tab.outbox.unasked
    for _ in range(AT_ONCE if BY_SOCKET else 0):
        tab.send({"type": "post", "conversation": world.chat, **message})
    path = f"/backchannel/{world.chat}/messages/"
    asked = [tab.person.asking.ask(tab.port, "POST", path, message) for _ in range(AT_ONCE)]
    answers = {meaning(answer) for answer in await asyncio.gather(*asked)}
    await asyncio.to_thread(wait_for, lambda: len(acks) == (AT_ONCE if BY_SOCKET else 0), 10)
    assert answers | {told(frame) for frame in acks} == {("ok", 1)}
    bodies = "SELECT body FROM backchannel_message WHERE conversation_id = ?"
    assert shared_house.sql(bodies, world.chat) == [("only once",)]
    world.before.add(message["client_id"])
    report("F14", world, await world.settle(20))
    chats = [one.screen.log for one in world.tabs if one.screen.log and one.screen.log.conversation == world.chat]
    assert [len(log.rows) for log in chats] == [1] * SMALL["room"]

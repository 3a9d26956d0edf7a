"""What else happens in a room while people write: hands go up and down, questions are asked and voted on.

Nobody tries these again. What became of them is in the database, and every page has to show that.
"""


async def stir(world):
    """One such thing, by somebody who sits in the room."""
    tab = world.chance.choice(world.tabs_of(world.made["seated"][1:]))
    where, fields = world.chance.choice([_hand, _question, _vote])(world)
    if where:
        await tab.person.asking.ask(tab.port, "POST", f"/rooms/{world.room}/{where}", fields)


def _hand(world):
    return "hand/", {"raised": world.chance.choice(["yes", "no"])}


def _question(world):
    return "questions/", {"body": world.word()}


def _vote(world):
    asked = sorted(set().union(*(tab.screen.questions() for tab in world.tabs)))
    if not asked:
        return _question(world)
    id = world.chance.choice(asked).removeprefix("q-")
    return f"questions/{id}/vote/", {"on": world.chance.choice(["yes", "yes", "no"])}

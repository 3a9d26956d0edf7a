"""A room's page with a conversation beside the stage, beside an empty page of the same house."""

from collections.abc import Iterator

from bench import processes, servers
from bench.driver.http import Wires
from bench.driver.loop import now
from bench.figures import Row, Target, judged, median
from bench.workshop import Workshop

NAMES = ("page",)
PEOPLE, MESSAGES = 16, 40


def measure(shop: Workshop) -> Iterator[Row]:
    with servers.house(shop.postgres, DJANGO_SETTINGS_MODULE="bench.settings") as house:
        room = house.seed(rooms=(PEOPLE,), messages=MESSAGES)["rooms"][0]
        pages, empty, shares = [], [], []
        for _ in range(shop.runs):
            before, began = processes.work(house.web), now()
            pages.append(_per_second(shop, house.port, f"/rooms/{room['id']}/?panel=chat", room["people"]))
            shares.append((processes.work(house.web) - before) / (now() - began))
            empty.append(_per_second(shop, house.port, "/bench/empty/", room["people"]))
        yield judged(
            "page",
            pages,
            Target(times_at_least=0.35, unit="pages/s"),
            empty,
            note=f"{PEOPLE} log-ins, {MESSAGES} messages on the page; cores: server {median(shares):.2f}",
        )


def _per_second(shop: Workshop, port: int, path: str, people: list[dict]) -> float:
    """Each person asks again as soon as he has the page."""
    wires, count, running = Wires(shop.loop, port, len(people)), 0, True

    def ask(person: dict) -> None:
        def done(status: int, _body: bytes) -> None:
            nonlocal count
            if status != 200:
                raise RuntimeError(f"{path} was answered {status}")
            count += 1
            if running:
                ask(person)

        wires.get(path, f"session={person['session']}", done)

    for person in people:
        ask(person)
    shop.loop.run(0.5)
    count, began = 0, now()
    shop.loop.run(shop.seconds)
    figure, running = count / (now() - began), False
    shop.loop.run(0.3)
    wires.close()
    return figure

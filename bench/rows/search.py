"""How long a search takes while one types, and how that grows with all that was ever written."""

import itertools
import random
from collections.abc import Iterator
from urllib.parse import quote_plus

import psycopg

from backchannel.word_index import POSTGRESQL
from bench import servers
from bench.driver.http import Wires
from bench.driver.loop import now
from bench.figures import Row, Target, judged, percentile
from bench.workshop import Workshop

NAMES = ("search",)
PEOPLE, FRIENDS, PAIRS = 24, 30, 1500  # who searches, with how many he writes, and conversations of others
IN_THE_ROOM = 0.05  # of all messages; those who search sit in it
ASKED = 120  # searches in a run: fewer for each person than his house allows in a minute
SIZES = 10_000, 100_000, 1_000_000
WORDS = 20_000
LENGTHS = (3, 8, 15, 25)  # words of a message


def measure(shop: Workshop) -> Iterator[Row]:
    words = Vocabulary()
    with servers.house(shop.postgres) as house:
        scene = house.seed(rooms=(PEOPLE,), friends=FRIENDS, pairs=PAIRS)
        found = {}
        for size in SIZES[:1] if shop.quick else SIZES:
            _write(house.database, scene, words, size)
            found[size] = [_p95(shop, house.port, scene["rooms"][0]["people"], words) for _ in range(shop.runs)]
        sizes = list(found)
        told = ", ".join(f"{sorted(found[size])[len(found[size]) // 2]:.0f} ms of {size:,}" for size in sizes)
        yield judged(
            "search",
            found[sizes[-1]],
            Target(at_most=100, unit="ms"),
            found[sizes[0]] if len(sizes) > 1 else (),
            note=f"p95 {told} messages; each who asks may read a part of them",
        )


class Vocabulary:
    """Words that were never spoken, some of them all the time and most of them hardly ever, as in any language."""

    def __init__(self) -> None:
        self.lots = random.Random(8)
        syllables = ["".join(two) for two in itertools.product("bcdfghklmnprstvz", "aeiou")]
        made = ("".join(self.lots.choices(syllables, k=self.lots.choice((2, 2, 3, 4)))) for _ in itertools.count())
        self.words = list(itertools.islice(dict.fromkeys(itertools.islice(made, 4 * WORDS)), WORDS))
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(WORDS)))

    def text(self) -> str:
        return " ".join(self.lots.choices(self.words, cum_weights=self.weights, k=self.lots.choice(LENGTHS)))

    def asked(self) -> str:
        """What somebody may have typed by now: how a word begins, a word, two of them, or a phrase."""
        one, other = (self.words[min(WORDS - 1, int(self.lots.expovariate(1 / 800)))] for _ in range(2))
        return self.lots.choice((one[:2], one[:3], one, one, f"{one} {other[:3]}", f'"{one} {other}"'))


def _write(database: str, scene: dict, words: Vocabulary, size: int) -> None:
    """As many messages as the house shall have, evenly among the conversations, the room aside."""
    room = scene["rooms"][0]
    places = [(pair["id"], pair["people"]) for pair in [*scene["friends"], *scene["pairs"]]]
    heads = dict.fromkeys([room["chat"], *(pk for pk, _people in places)], 0)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        heads |= dict(connection.execute("SELECT id, head FROM backchannel_conversation"))
        there = connection.execute("SELECT count(*) FROM backchannel_message").fetchone()[0]
        # All at once is made faster than one by one.
        connection.execute("DROP INDEX backchannel_message_words")
        columns = "conversation_id, client_id, seq, changed, author_id, forwarded, body, words, html, created_at"
        with connection.cursor().copy(f"COPY backchannel_message ({columns}) FROM STDIN") as rows:
            for number in range(there, size):
                in_the_room = words.lots.random() < IN_THE_ROOM
                pk, people = (room["chat"], room["people"]) if in_the_room else words.lots.choice(places)
                heads[pk] += 1
                text, client_id = words.text(), f"{number:032x}"
                rows.write_row(
                    (
                        pk,
                        client_id,
                        heads[pk],
                        heads[pk],
                        people[number % len(people)]["id"],
                        False,
                        text,
                        text,
                        text,
                        "2026-01-01T00:00Z",
                    )
                )
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE backchannel_conversation SET head = %s WHERE id = %s", [(n, pk) for pk, n in heads.items()]
            )
        for statement in POSTGRESQL:
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE backchannel_message")


def _p95(shop: Workshop, port: int, people: list[dict], words: Vocabulary) -> float:
    """Milliseconds, one search after the other."""
    wires, times, answered = Wires(shop.loop, port, 1), [], []
    for number in range(ASKED + 5):
        began = now()
        path = f"/search/?q={quote_plus(words.asked())}"
        wires.get(
            path,
            f"session={people[number % len(people)]['session']}",
            lambda status, _: answered.append(status),
            piece=True,
        )
        shop.loop.until(lambda number=number: len(answered) > number, 20)
        times.append((now() - began) * 1000)
    wires.close()
    if set(answered) != {200}:
        raise RuntimeError(f"searches were answered {set(answered)}")
    return percentile(sorted(times[5:]), 0.95)

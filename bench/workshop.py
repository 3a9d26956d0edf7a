"""What all rows work with: the loop, the databases, and how much time there is."""

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from bench import servers
from bench.driver.crowd import TooFew
from bench.driver.loop import Loop
from bench.figures import Row


class Workshop:
    """`runs` of `seconds` each; `many` is what five thousand means. `wanted`: the rows asked for."""

    def __init__(self, stack: contextlib.ExitStack, wanted: set[str], quick: bool) -> None:
        self.stack, self.wanted, self.quick = stack, wanted, quick
        self.loop = Loop()
        self.runs, self.seconds, self.many = (1, 1.0, 2000) if quick else (5, 4.0, 5000)
        self.crashed = False

    @cached_property
    def postgres(self) -> str:
        return self.stack.enter_context(servers.postgres())

    @cached_property
    def redis(self) -> str:
        return self.stack.enter_context(servers.redis())

    def wants(self, *names: str) -> bool:
        return bool(self.wanted & set(names))

    def attempt(self, names: Iterable[str], measure: Callable[[], Iterable[Row]]) -> Iterator[Row]:
        """The rows that `measure` gives, if one of them is wanted; else for each of them why there is none."""
        left = [name for name in names if name in self.wanted]
        if not left:
            return
        try:
            for row in measure():
                if row.name in left:
                    left.remove(row.name)
                    yield row
        except servers.NotThere as reason:
            yield from (Row(name, note=f"not available: {reason}") for name in left)
        except TooFew as reason:
            yield from (Row(name, met=False, note=f"failed: {reason}") for name in left)
        except Exception as problem:  # noqa: BLE001 the other rows go on
            self.crashed = True
            traceback.print_exc()
            yield from (Row(name, met=False, note=f"crashed: {problem!r}") for name in left)

"""bin/bench [--quick] [--json FILE] [--markdown] [ROW…]: see docs/performance.md."""

import argparse
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from bench import processes, table
from bench.rows import GROUPS, NAMES
from bench.workshop import Workshop


def main() -> int:
    words = _words()
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    os.sched_setaffinity(0, {processes.DRIVER})
    began, rows = time.monotonic(), []
    print(table.heading())
    with contextlib.ExitStack() as stack:
        shop = Workshop(stack, set(words.rows or NAMES), words.quick)
        for group in GROUPS:
            for row in shop.attempt(group.NAMES, lambda group=group: group.measure(shop)):
                rows.append(row)
                print(table.printed(row), flush=True)
    _conclude(rows, time.monotonic() - began)
    if words.json:
        table.write_json(rows, words.json)
    if words.markdown:
        print(table.markdown(rows))
    return 1 if shop.crashed else 0


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure the house: docs/performance.md.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"only these of: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="one shorter run of each: three minutes in all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/performance.md at the end")
    words = parser.parse_args()
    if unknown := set(words.rows) - set(NAMES):
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    return words


def _conclude(rows: list, seconds: float) -> None:
    missed = [row.name for row in rows if row.met is False]
    unknown = [row.name for row in rows if row.met is None]
    print(f"{len(rows)} rows in {seconds:.0f} s: {sum(row.met is True for row in rows)} met", end="")
    print(f"; missed: {', '.join(missed)}" if missed else "", end="")
    print(f"; not known: {', '.join(unknown)}" if unknown else "")


if __name__ == "__main__":
    sys.exit(main())

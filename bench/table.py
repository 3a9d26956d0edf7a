"""The rows as people read them, as programs do, and as docs/performance.md shows them."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bench.figures import Row, spread

HEAD = ("row", "measured", "baseline", "ratio", "target", "met", "spread")


def printed(row: Row) -> str:
    """One line while the run goes on, and under it what has to be said about it."""
    name, measured, baseline, ratio, target, met, apart = cells(row)
    line = f"{name:<16} {measured:>18} {baseline:>16} {ratio:>8}   {target:<24} {met:<6} {apart:>6}"
    return f"{line.rstrip()}\n{'':<16} {row.note}" if row.note else line.rstrip()


def heading() -> str:
    return f"{HEAD[0]:<16} {HEAD[1]:>18} {HEAD[2]:>16} {HEAD[3]:>8}   {HEAD[4]:<24} {HEAD[5]:<6} {HEAD[6]:>6}"


def cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        "–" if row.value is None else f"{_number(row.value)} {row.unit}".strip(),
        "–" if row.baseline is None else _number(row.baseline),
        "–" if row.ratio is None else f"{row.ratio:.2f}×",
        row.target,
        {True: "yes", False: "MISSED", None: "–"}[row.met],
        f"{spread(row.runs):.0%}" if len(row.runs) > 1 else "",
    )


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def markdown(rows: Iterable[Row]) -> str:
    lines = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    for row in rows:
        name, *others = cells(row)
        lines.append(f"| [`{name}`](#{name}) | {' | '.join(others)} |")
    return "\n".join(lines)


def write_json(rows: Iterable[Row], path: Path) -> None:
    path.write_text(json.dumps({"rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False) + "\n")

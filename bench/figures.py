"""From runs to a row: medians, spread, and whether a target was met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values in order: the one that this share of them does not exceed. Raises ValueError when there is none."""
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def spread(values: Sequence[float]) -> float:
    """How far the runs lie apart, in parts of their median."""
    middle = median(values) if values else 0
    return (max(values) - min(values)) / abs(middle) if middle else 0.0


@dataclass
class Row:
    """One line of the table. `met` is None where it cannot be said."""

    name: str
    what: str = ""
    value: float | None = None
    unit: str = ""
    baseline: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    runs: list[float] = field(default_factory=list)
    baseline_runs: list[float] = field(default_factory=list)
    note: str = ""


@dataclass
class Target:
    """What a row should reach, by its value or by its ratio to the baseline of the same run."""

    at_least: float | None = None
    at_most: float | None = None
    times_at_least: float | None = None
    times_at_most: float | None = None
    unit: str = ""

    def __str__(self) -> str:
        parts = [
            (self.at_least, f"≥ {self.at_least:,} {self.unit}" if self.at_least is not None else ""),
            (self.at_most, f"≤ {self.at_most:,} {self.unit}" if self.at_most is not None else ""),
            (self.times_at_least, f"≥ {self.times_at_least}×"),
            (self.times_at_most, f"≤ {self.times_at_most}×"),
        ]
        return " and ".join(text.strip() for limit, text in parts if limit is not None)

    def met(self, value: float | None, ratio: float | None) -> bool | None:
        """False if anything asked is missed, None if something is not known, else True."""
        answers = [
            _holds(value, self.at_least, lambda is_, wanted: is_ >= wanted),
            _holds(value, self.at_most, lambda is_, wanted: is_ <= wanted),
            _holds(ratio, self.times_at_least, lambda is_, wanted: is_ >= wanted),
            _holds(ratio, self.times_at_most, lambda is_, wanted: is_ <= wanted),
        ]
        return False if False in answers else None if None in answers else True


def _holds(is_, wanted, compare) -> bool | None:
    if wanted is None:
        return True
    return None if is_ is None else compare(is_, wanted)


def judged(
    name: str, runs: Sequence[float], target: Target, baseline: Sequence[float] = (), note: str = "", ok: bool = True
) -> Row:
    """A row of what the runs gave. `ok`: whatever else the target asks for; a run with losses is no success."""
    ratio = median([one / other for one, other in zip(runs, baseline, strict=True)]) if baseline else None
    value = median(runs)
    met = target.met(value, ratio)
    return Row(
        name=name,
        value=value,
        unit=target.unit,
        baseline=median(baseline) if baseline else None,
        ratio=ratio,
        target=str(target),
        met=met if ok else False,
        runs=list(runs),
        baseline_runs=list(baseline),
        note=note,
    )

"""The whole suite, once on SQLite and once on PostgreSQL: what bin/test runs when everything is installed.

Options of its own are --sqlite or --postgres (one of the two only) and --full (the slow tier as well);
everything else goes to pytest as it is. On each database what can share the machine runs on two
processes, and what starts the product or a browser afterwards, one at a time.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.figures import told
from tests.postgres import private_postgres

NOTHING_COLLECTED = 5
SHARED = ["-m", "not alone", "-n", "2", "--dist", "loadfile"]
ALONE = ["-m", "alone"]


def main(words):
    wanted = [word for word in words if word in ("--sqlite", "--postgres")] or ["--sqlite", "--postgres"]
    passed_on = [word for word in words if word not in ("--sqlite", "--postgres")]
    seen = {}
    for database in wanted:
        with private_postgres() if database == "--postgres" else contextlib.nullcontext("") as url:
            seen[database] = _suite(url, passed_on)
    print()
    for figures in seen.values():
        print(told(figures))
    wrong = list(_wrong(list(seen.values())))
    for sentence in wrong:
        print(sentence)
    _like_pytest(seen.values())
    return 1 if wrong else 0


def _suite(url, words):
    """Both halves on one database → {"database", "passed", "failed", "skipped", "status"}."""
    sums = {"database": "", "passed": 0, "failed": 0, "skipped": 0, "status": []}
    for half in (SHARED, ALONE):
        status, figures = _pytest(url, [*half, *words])
        sums["status"].append(status)
        sums["database"] = figures.get("database") or sums["database"]
        for name in ("passed", "failed", "skipped"):
            sums[name] += figures.get(name, 0)
    return sums


def _pytest(url, words):
    environment = {**os.environ, "DATABASE_URL": url}
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "pytest", "-q", "--figures", str(figures), *words]
        status = subprocess.run(command, env=environment).returncode
        return status, json.loads(figures.read_text()) if figures.exists() else {}


def _wrong(runs):
    """A sentence for everything that makes the whole run a failure."""
    for run in runs:
        if any(status not in (0, NOTHING_COLLECTED) for status in run["status"]):
            yield f"{run['database'] or 'A run'}: failed."
        if os.environ.get("CI") and run["skipped"]:
            yield f"{run['database']}: {run['skipped']} skipped, and nothing may be skipped here."
        if not run["passed"] + run["failed"]:
            yield "No test was found."
    if len({(run["passed"], run["skipped"]) for run in runs}) > 1:
        yield "The databases did not run the same number of tests."


def _like_pytest(runs):
    counts = {name: sum(run[name] for run in runs) for name in ("failed", "passed", "skipped")}
    print(", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "passed"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The whole suite, once on SQLite and once on PostgreSQL: what bin/test runs when everything is installed.

Options of its own are --sqlite or --postgres (one of the two only) and --full (the slow tier as well);
everything else goes to pytest as it is. First come the many small tests, with as much of the machine as there is, and
those that start and break the product, which wait more than they work; what needs no database, or brings PostgreSQL and
Redis of its own, runs once. Tests with a browser come last, so that nothing else disturbs what they hear; they wait as
well, and those on one database do not notice those on the other.
"""

import concurrent.futures
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
ONCE = "No database, or PostgreSQL and Redis of their own, once"
DATABASES = ["--sqlite", "--postgres"]
BROWSERS = ["-m", "browser"]
HOUSES = ["-m", "house and not production"]
PRODUCTION = ["-m", "production"]
SMALL = ["-m", "not browser and not house and not bare", "-n", "2", "--dist", "loadfile"]
BARE = ["-m", "bare", "-n", "2", "--dist", "loadfile"]
GIVING_WAY = ["nice", "-n", "5"]  # to the houses, which have to start within some seconds
TELL = ["--durations=12", "--durations-min=5"]  # what a change made slow is seen


def main(words):
    wanted = [word for word in words if word in DATABASES] or DATABASES
    passed_on = [word for word in words if word not in DATABASES]
    print("Some minutes of quiet now: what each part has to say is shown when it has ended.", flush=True)
    with _addresses(wanted) as urls:
        runs = _run(urls, passed_on)
    print()
    for run in runs:
        print(told(run))
    wrong = list(_wrong(runs))
    for sentence in wrong:
        print(sentence)
    _like_pytest(runs)
    return 1 if wrong else 0


@contextlib.contextmanager
def _addresses(wanted):
    """DATABASE_URL for each of the databases; none stands for SQLite."""
    with contextlib.ExitStack() as servers:
        yield ["" if name == "--sqlite" else servers.enter_context(private_postgres()) for name in wanted]


def _run(urls, words):
    """Everything on each database, then what runs once → {"database", "passed", "failed", "skipped", "status"} of each."""
    with concurrent.futures.ThreadPoolExecutor() as lanes:
        houses = lanes.submit(lambda: [_pytest(url, [*HOUSES, *words]) for url in urls])
        production = lanes.submit(lambda: _pytest(urls[-1], [*PRODUCTION, *words]))
        small = [_pytest(url, [*SMALL, *words], GIVING_WAY) for url in urls]
        bare = _pytest("", [*BARE, *words], GIVING_WAY)
        houses = houses.result()
        once = {**_sum(production.result(), bare), "database": ONCE}
        browsers = lanes.map(lambda url: _pytest(url, [*BROWSERS, *words]), urls)
        return [*(_sum(*parts) for parts in zip(small, houses, browsers, strict=True)), once]


def _pytest(url, words, how=()):
    """One run → its figures. What it prints is shown when it has ended, in one piece."""
    environment = {**os.environ, "DATABASE_URL": url}
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        command = [*how, sys.executable, "-m", "pytest", "-q", *TELL, "--figures", str(figures), *words]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.flush()
        return {**(json.loads(figures.read_text()) if figures.exists() else {}), "status": done.returncode}


def _sum(*parts):
    total = {"database": "", "status": [part["status"] for part in parts]}
    for part in parts:
        total["database"] = part.get("database") or total["database"]
        for name in ("passed", "failed", "skipped"):
            total[name] = total.get(name, 0) + part.get(name, 0)
    return total


def _wrong(runs):
    """A sentence for everything that makes the whole run a failure."""
    for run in runs:
        if any(status not in (0, NOTHING_COLLECTED) for status in run["status"]):
            yield f"{run['database'] or 'A run'}: failed."
        if os.environ.get("CI") and run["skipped"]:
            yield f"{run['database']}: {run['skipped']} skipped, and nothing may be skipped here."
    if not any(run["passed"] + run["failed"] for run in runs):
        yield "No test was found."
    if len({(run["passed"], run["skipped"]) for run in runs if run["database"] != ONCE}) > 1:
        yield "The databases did not run the same number of tests."


def _like_pytest(runs):
    counts = {name: sum(run[name] for run in runs) for name in ("failed", "passed", "skipped")}
    print(", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "passed"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

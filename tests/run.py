"""The whole suite, once on SQLite and once on PostgreSQL: what bin/test runs when everything is installed.

Options of its own are --sqlite or --postgres (one of the two only) and --full (the slow tier as well);
everything else goes to pytest as it is. First come the many small tests, with as much of the machine as there is, and
those that start and break the product, which wait more than they work. What needs no database, or brings PostgreSQL and
Redis of its own, runs once; so does what is the same on either database, unless the slow tier was asked for. Tests with
a browser come last, so that nothing else disturbs what they hear; they wait as well, and do not notice one another.
"""

import concurrent.futures
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.figures import told
from tests.postgres import private_postgres

NOTHING_COLLECTED = 5
ONCE = "Whatever the database, once"
DATABASES = ["--sqlite", "--postgres"]
SMALL, HOUSES, BROWSERS = "not browser and not house", "house and not production", "browser"
PRODUCTION = "production"
TOGETHER = ["-n", "2", "--dist", "loadfile"]
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
    once = "bare" if "--full" in words else "(bare or alike)"

    def parts(marks, database, each=(), alone=(), how=()):
        """The runs of one kind, yet to be called: on each database, and what runs once, on this one."""
        runs = [partial(_pytest, url, f"{marks} and not {once}", [*each, *words], how) for url in urls]
        return [*runs, partial(_pytest, database, f"{marks} and {once}", [*alone, *words], how)]

    # A house, where one is enough, is the embedded one with which the product comes; else the stricter database counts.
    small = parts(SMALL, urls[-1], TOGETHER, TOGETHER, GIVING_WAY)
    houses = parts(HOUSES, urls[0])
    browsers = parts(BROWSERS, urls[0], alone=TOGETHER)
    with concurrent.futures.ThreadPoolExecutor() as lanes:
        houses = lanes.submit(_one_by_one, houses)
        production = lanes.submit(_pytest, urls[-1], PRODUCTION, words)
        small, houses, production = _one_by_one(small), houses.result(), production.result()
        browsers = list(lanes.map(lambda run: run(), browsers))
    *both, once = [_sum(*parts) for parts in zip(small, houses, browsers, strict=True)]
    return [*both, {**_sum(once, production), "database": ONCE}]


def _one_by_one(runs):
    return [run() for run in runs]


def _pytest(url, marks, words, how=()):
    """One run → its figures. What it prints is shown when it has ended, in one piece."""
    environment = {**os.environ, "DATABASE_URL": url}
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        command = [*how, sys.executable, "-m", "pytest", "-q", *TELL, "--figures", str(figures), "-m", marks, *words]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.flush()
        return {**(json.loads(figures.read_text()) if figures.exists() else {}), "status": [done.returncode]}


def _sum(*parts):
    total = {"database": "", "status": [status for part in parts for status in part["status"]]}
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

"""A process of the product's code that stays beside a running house: Python runs there without starting anew each time."""

import contextlib
import io
import json
import subprocess
import sys
import threading
import traceback

import django
from django.db import connections

from tests.product import ROOT, House

WITHIN = 60  # seconds for one piece of code


class HouseWithAside(House):
    """A house whose `run` starts nothing; its process ends with it. What one run imports and changes, the next one finds."""

    _process = None

    def run(self, code):
        """Run Python inside the product's code, beside the running processes → what it printed."""
        if self._process is None or self._process.poll() is not None:
            self._process = self._begin()
        late = threading.Timer(WITHIN, self._process.kill)
        late.start()
        try:
            self._process.stdin.write(json.dumps(code) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline() or '{"wrong": "it died, or took too long"}')
        finally:
            late.cancel()
        if "wrong" in answer:
            raise AssertionError(answer["wrong"])
        return answer["printed"]

    def forget(self):
        """The next run finds nothing of what was changed until now."""
        if self._process:
            self._process.stdin.close()
            self._process.wait(20)
            self._process = None

    def stop(self, *how):
        self.forget()
        return super().stop(*how)

    def _begin(self):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.aside"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def _serve(lines, answers):
    for line in lines:
        answers.write(json.dumps(_run(json.loads(line))) + "\n")
        answers.flush()


def _run(code):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(code, {"__name__": "aside"})
    except Exception:  # noqa: BLE001  it is told to whoever asked
        return {"wrong": said.getvalue() + traceback.format_exc()}
    finally:
        connections.close_all()
    return {"printed": said.getvalue()}


if __name__ == "__main__":
    django.setup()
    _serve(sys.stdin, sys.stdout)

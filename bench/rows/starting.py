"""How long until somebody sees a page, the second time the house is started."""

import contextlib
import http.client
import time
from collections.abc import Iterator

from bench import servers
from bench.figures import Row, Target, judged
from bench.workshop import Workshop

NAMES = ("start",)
TOO_LONG = 30


def measure(shop: Workshop) -> Iterator[Row]:
    with servers.house() as house:
        runs = [_first_page(house) for _ in range(shop.runs)]
        yield judged("start", runs, Target(at_most=2, unit="s"), note="embedded, all on one core")


def _first_page(house) -> float:
    """Seconds from the command to the whole log-in page."""
    house.stop()
    began = time.monotonic()
    house.launch("--no-demo")
    while not _page(house.port):
        if time.monotonic() - began > TOO_LONG:
            raise RuntimeError(f"no page within {TOO_LONG} s:\n{house.said()}")
        time.sleep(0.005)
    return time.monotonic() - began


def _page(port: int) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        asked.request("GET", "/accounts/login/")
        answer = asked.getresponse()
        return answer.status == 200 and b"</html>" in answer.read()
    return False

"""The production run of deploy/: two web processes on PostgreSQL and Redis behind nginx, from a stranger's first page."""

import contextlib
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from websockets.exceptions import InvalidStatus

from tests.browser.acts import join, start_room
from tests.browser.conftest import FLAGS
from tests.chromium import LIGHT
from tests.house.visitors import Visitor
from tests.nginx import NAME, proxy
from tests.postgres import free_port
from tests.product import House, own_database, wait_for

pytestmark = pytest.mark.production

URL = f"https://{NAME}"
ROOT = Path(__file__).parent.parent.parent
UNITS = ROOT / "deploy/systemd"


@pytest.fixture(scope="module")
def house(some_postgres, redis_server, tmp_path_factory):
    """As deploy/environment has it, but for its addresses; strangers may sign up."""
    with own_database(some_postgres) as database:
        house = House(
            tmp_path_factory.mktemp("production") / "data",
            database,
            PUBLIC_URL=URL,
            TRUSTED_PROXIES="1",
            WEB_PROCESSES="2",
            REDIS_URL=redis_server.url,
            REGISTRATION="open",
        )
        try:
            yield house.start()
        finally:
            house.stop()


@pytest.fixture(scope="module")
def ports(house):
    with proxy(house.port) as ports:
        yield ports


@pytest.fixture
def visitor(ports):
    return lambda **how: Visitor(URL, ports[1], **how)


def signed_up(visitor, username, **how):
    who = visitor(**how)
    assert who.sign_up(username).status == 302
    return who


def test_two_people_talk(visitor, house):
    eve, fay, gus = (signed_up(visitor, name) for name in ("eve", "fay", "gus"))
    assert "__Host-session" in eve.cookies
    room = eve.post("/rooms/new/", {"title": "Behind a proxy", "kind": "open"}).headers["Location"]
    assert fay.post(f"{room}seat/").status == 303
    conversation = re.search(r'data-conversation="([^"]+)"', fay.get(room).text)[1]
    pages = [eve.page(conversation), fay.page(conversation)]
    outside = gus.page(conversation)
    assert eve.say(conversation, "Can you hear me?") == [204]
    assert fay.say(conversation, "Loud and clear") == [204]
    wait_for(lambda: all(page.order(conversation) == ["Can you hear me?", "Loud and clear"] for page in pages))
    asked = fay.post(f"{room}questions/", {"body": "Who is behind the proxy?"}, **{"HX-Request": "true"})
    assert asked.status < 400
    wait_for(lambda: "Who is behind the proxy?" in str(pages[0].frames))
    assert "Who is behind the proxy?" in fay.get(f"{room}?panel=questions").text
    assert not outside.pushed
    for page in (*pages, outside):
        page.close()


def test_who_logs_in_is_in(visitor):
    signed_up(visitor, "hal")
    hal = visitor()
    assert hal.log_in("hal", "not his word").status == 200
    assert hal.get("/settings/").status == 302
    assert hal.log_in("hal", "a long way home").status == 302
    assert hal.get("/settings/").status == 200


@pytest.mark.full
def test_a_rolling_restart_is_noticed_by_nobody(visitor, house):
    ivo = signed_up(visitor, "ivo")
    room = ivo.post("/rooms/new/", {"title": "Restarted", "kind": "open"}).headers["Location"]
    conversation = re.search(r'data-conversation="([^"]+)"', ivo.get(room).text)[1]
    page, said = ivo.page(conversation), []
    for process in ("web1", "web2"):
        before = house.kill(process, signal.SIGTERM)
        while house.pids().get(process, before) == before:
            said.append(f"words {len(said)}")
            assert ivo.say(conversation, said[-1])[-1] == 204
            assert ivo.get("/").status == 200
    wait_for(lambda: page.order(conversation) == said, within=15)
    page.close()


def test_an_address_that_a_visitor_claims_is_not_believed_and_his_own_is(visitor):
    def tries(**how):
        """The answers to wrong passwords, each of another name and each claiming another address."""
        return [
            visitor(**how)
            .post(
                "/accounts/login/",
                {"login": f"nobody{number}", "password": "wrong"},
                **{"X-Forwarded-For": f"203.0.113.{number}", "X-Forwarded-Proto": "http"},
            )
            .status
            for number in range(32)
        ]

    assert tries(source="127.0.0.9")[-1] == 429
    assert tries(source="127.0.0.10")[0] == 200


def test_plain_http_is_sent_to_https(ports):
    answer = Visitor(f"http://{NAME}", ports[0]).get("/rooms/new/?a=b")
    assert (answer.status, answer.headers["Location"]) == (301, f"{URL}/rooms/new/?a=b")


def test_the_line_is_for_our_own_pages(visitor):
    kim = signed_up(visitor, "kim")
    with kim.line() as line:
        assert line.protocol.state.name == "OPEN"
    kim.url = "https://elsewhere.example.org"
    kim.host = NAME
    with pytest.raises(InvalidStatus) as refused, kim.line():
        pass
    assert refused.value.response.status_code == 403


def test_what_is_too_large_is_refused_at_the_door_and_a_photo_is_not(visitor):
    lea = signed_up(visitor, "lea")
    assert lea.post("/settings/", {"bio": "x" * 66 * 2**20}).status == 413
    assert lea.post("/settings/", {"bio": "x" * 4_000_000}).status == 422


def test_the_proxy_tells_nothing_of_itself_and_what_the_house_says_arrives(visitor):
    answer = visitor().get("/")
    assert answer.headers["Server"] == "nginx"
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.fixture
def units(tmp_path):
    """The units as they are installed, with the program in the place where it is here."""
    folder = tmp_path / "etc/systemd/system"
    shutil.copytree(UNITS, folder)
    for file in folder.rglob("*.*"):
        if file.is_file():
            file.write_text(file.read_text().replace("/opt/backchannel", str(ROOT)))
    return folder


def test_systemd_accepts_the_units(units):
    found = sorted(str(file) for file in units.glob("backchannel-*.s*") if file.is_file())
    assert len(found) == 5
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *found],
        env={"SYSTEMD_UNIT_PATH": f"{units}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "backchannel" in line]) == (0, [])


@pytest.mark.parametrize("unit", ["web@1", "jobs", "mixer", "prepare"])
def test_a_unit_may_do_little(units, unit, tmp_path):
    done = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            "--no-pager",
            f"--root={tmp_path}",
            f"backchannel-{unit}.service",
        ],
        capture_output=True,
        text=True,
    )
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(exposure[1]) < 2, done.stdout + done.stderr


def test_a_web_process_answers_on_the_socket_that_systemd_opened(house, tmp_path):
    """As backchannel-web.socket hands it over."""
    port = free_port()
    web = [sys.executable, "manage.py", "web", "--socket", "3"]
    started = subprocess.Popen(
        ["systemd-socket-activate", f"--listen=127.0.0.1:{port}", *(f"-E{name}" for name in house.environment), *web],
        cwd=ROOT,
        env=house.environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: answers(port), within=20)
    finally:
        started.terminate()
        started.wait(10)


def answers(port):
    with contextlib.suppress(OSError):
        return Visitor(f"http://{NAME}", port).get("/healthz").status == 200


@pytest.mark.full
def test_two_people_talk_in_browsers(ports, house):
    mapped = f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{ports[1]}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=LIGHT, headless=True, args=[*FLAGS, mapped])
        eve, fay = (_signed_up_in(chromium, name) for name in ("eve_b", "fay_b"))
        join(fay, start_room(eve))
        for page, words in ((eve, "Can you see this?"), (fay, "I can")):
            page.locator("textarea[name=body]").fill(words)
            page.locator("textarea[name=body]").press("Enter")
            for reader in (eve, fay):
                reader.locator("article.message", has_text=words).wait_for()
        chromium.close()


def _signed_up_in(chromium, username):
    page = chromium.new_context(base_url=URL, ignore_https_errors=True).new_page()
    page.goto("/accounts/signup/")
    words = {"name": username, "username": username, "email": f"{username}@example.org", "password1": "a long way home"}
    for name, value in words.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=password1]").press("Enter")
    page.wait_for_url(f"{URL}/")
    return page

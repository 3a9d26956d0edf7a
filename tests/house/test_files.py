"""Files on the real server: in parts, bounded, and no more of them in memory than a little."""

import http.client
import json
import os
import socket
from pathlib import Path
from uuid import uuid4

import pytest

from backchannel.bodies import LARGEST
from tests.product import House, own_database

pytestmark = pytest.mark.alike

MB = 1024 * 1024


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with own_database(os.environ.get("DATABASE_URL", "")) as database:
        running = House(tmp_path_factory.mktemp("files") / "data", database).start("--demo")
        yield running
        running.stop()


LOG_IN = """
from django.test import Client
from accounts.models import Person
from backchannel.models import Conversation
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
client = Client()
client.force_login(ada)
print(Conversation.between(ada, bob).pk, client.cookies["session"].value)
"""


@pytest.fixture(scope="module")
def ada(house):
    pair, session = house.run(LOG_IN).split()[-2:]
    token = "a" * 32
    return pair, {"Cookie": f"session={session}; csrf={token}", "X-CSRFToken": token, "HX-Request": "true"}


def ask(house, method, path, headers, body=None):
    line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    return answer, answer.read()


def multipart(*fields, file=b""):
    lines = [
        b'--long-boundary-xyz\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field for field in fields
    ]
    head = b'--long-boundary-xyz\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    return b"".join(lines) + head + file + b"\r\n--long-boundary-xyz--\r\n"


FORM = {"Content-Type": "multipart/form-data; boundary=long-boundary-xyz"}


def memory(house):
    status = Path(f"/proc/{house.pids()['web']}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def test_a_large_file_goes_there_and_comes_back_in_parts(house, ada):
    pair, headers = ada
    content = b"%PDF-" + os.urandom(20 * MB)
    body = multipart((b"client_id", str(uuid4()).encode()), file=content)
    answer, said = ask(house, "POST", f"/backchannel/{pair}/files/", headers | FORM, body)
    assert answer.status == 201, said
    sent = f"client_id={uuid4()}&files={json.loads(said)['id']}&body="
    form = headers | {"Content-Type": "application/x-www-form-urlencoded"}
    answer, _ = ask(house, "POST", f"/backchannel/{pair}/messages/", form, sent)
    client_id = json.loads(answer.headers["HX-Trigger"])["message:sent"]["client_id"]
    path = f"/backchannel/{pair}/messages/{client_id}/files/{json.loads(said)['id']}/"
    before = memory(house)
    answer, whole = ask(house, "GET", path, headers)
    assert (answer.status, answer.headers["Content-Length"], whole == content) == (200, str(len(content)), True)
    answer, part = ask(house, "GET", path, headers | {"Range": f"bytes={5 * MB}-{5 * MB + 9}"})
    assert (answer.status, part) == (206, content[5 * MB : 5 * MB + 10])
    assert memory(house) < before + 40
    assert ask(house, "GET", path, {})[0].status == 404
    assert ask(house, "HEAD", path, {})[0].status == 404


@pytest.mark.parametrize("how", ["by its length", "in chunks"])
def test_i18_what_never_ends_is_refused_and_kept_nowhere(house, ada, how):
    pair, headers = ada
    before = memory(house)
    with socket.create_connection(("127.0.0.1", house.port), timeout=30) as line:
        length = "Content-Length: 209715200" if how == "by its length" else "Transfer-Encoding: chunked"
        lines = [f"POST /backchannel/{pair}/files/ HTTP/1.1", f"Host: {house.host}", length]
        lines += [f"{name}: {value}" for name, value in (headers | FORM).items()]
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        sent = _pour(line, how == "in chunks")
        assert sent <= LARGEST + 16 * MB
        assert line.recv(100).startswith(b"HTTP/1.1 413") or how == "in chunks"
    assert memory(house) < before + 40
    assert ask(house, "GET", "/healthz", {})[0].status == 200


def _pour(line, in_chunks):
    """The bytes that were taken, of 200 MB."""
    piece, sent = b"x" * MB, 0
    try:
        while in_chunks and sent < 200 * MB:
            line.sendall(b"%x\r\n" % MB + piece + b"\r\n")
            sent += MB
    except OSError:
        pass
    return sent

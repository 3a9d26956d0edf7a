"""Nobody gets this machine to open a door for him that is not open to everybody."""

import gzip
import logging
import socket
import ssl
import time
import zlib
from concurrent.futures import TimeoutError as TooLong
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backchannel.links import guard
from backchannel.links.web import MOST_OF_A_PAGE, SECONDS, Web
from tests.backchannel.sites import (
    INSIDE,
    OUTSIDE,
    Site,
    answer,
    dripping,
    page,
    silent,
    strict,
    web,
    without_end,
)

# Addresses ------------------------------------------------------------------------------------------------

NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1"),
    *("192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b::10.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1"),
    *("2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1"),
    *("fd00::1", "fdff:ffff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "4000::1"),
    *("", "localhost", "1", "0x7f000001", "127.1", "1.2.3.4.5", "8.8.8.8/32", "[::1]"),
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "192.0.1.1",
    "100.128.0.1",
    "172.32.0.1",
    "198.20.0.1",
    "223.255.255.1",
]
PUBLIC_6 = ["2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2003::1", "2620:fe::fe"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_i9_what_is_not_for_everybody_is_not_public(address):
    assert not guard.is_public(address)


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_6)
def test_what_is_for_everybody_is_public(address):
    assert guard.is_public(address)


@pytest.mark.parametrize("address", [one for one in NOT_PUBLIC if one])
def test_i9_a_name_that_leads_there_is_not_followed(address, listener):
    names = {"garden.example": [(address, listener.place[1])]}
    assert strict(names).card("http://garden.example/") is None
    assert listener.count == 0


def test_i9_one_of_several_addresses_is_enough_to_refuse_them_all(site, listener):
    site.pages["/"] = page()
    for places in ([site.place, listener.place], [listener.place, site.place]):
        assert web({"garden.example": places}).card("http://garden.example/") is None
    assert (site.asked, listener.count) == ([], 0)


def test_the_listener_counts_whoever_is_let_through(listener):
    """Or the noughts here would say nothing."""
    open_web = web({"garden.example": listener.place}, is_allowed=lambda address: True)
    assert open_web.card("http://garden.example/") is None
    assert listener.count == 1


# How they are written -------------------------------------------------------------------------------------

ODD = [
    *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/"),
    *("http://0177.0.0.1/", "http://017700000001/", "http://127.0.0.1./", "http://[::1]/", "http://[::ffff:127.0.0.1]/"),
    *("http://[64:ff9b::7f00:1]/", "http://[fe80::1%25eth0]/", "http://8.8.8.8/", "http://0/", "http://0.0.0.0/"),
    *("http://１２７.０.０.１/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://localhost/", "http://localhost./"),
    *("http://garden.example./", "http://garden/", "http://.garden.example/", "http://garden..example/"),
    *("http://a.0x7f/", "http://a.1/", "http://1.1.1.1.nip/..;@127.0.0.1/"),
    *("http://somebody@garden.example/", "http://a:b@garden.example/", "http://garden.example@127.0.0.1/"),
    *("http://garden.example:22/", "http://garden.example:8080/", "https://garden.example:8443/"),
    *("http://garden.example:6379/", "http://garden.example:0/", "http://garden.example:99999/"),
    *("ftp://garden.example/", "file:///etc/passwd", "gopher://garden.example/", "javascript:alert(1)", "data:text/html,x"),
    *("//garden.example/", "garden.example", "", "http://", "http:///", "http://garden.example\\@127.0.0.1/"),
    *("http://gar den.example/", "http://garden.example\r\nX: y/", "http://\0.example/", "http://[/", "http://" + "a" * 300 + ".example/"),
    "http://garden.example/" + "a" * 2000,
    *("http://testserver/", "http://localhost:80/rooms/", "https://127.0.0.1:443/"),
]  # fmt: skip


@pytest.mark.parametrize("address", ODD)
def test_i9_an_address_that_is_written_oddly_is_not_opened(address, site, listener):
    everybody = web(
        {name: listener.place for name in ("localhost", "garden", "127.0.0.1", "2130706433", "testserver", "0")}
        | {"garden.example": site.place}
    )
    assert everybody.card(address) is None
    assert (site.asked, listener.count) == ([], 0)


@pytest.mark.parametrize(
    "address",
    [
        "http://garden.example/",
        "HTTP://GARDEN.example/",
        "http://garden.example",
        "http://garden.example:80/",
        "http://garden.example:443/",
    ],
)
def test_an_address_as_people_write_it_is_opened(address, site):
    site.pages["/"] = page()
    assert web({"garden.example": site.place}).card(address).title == "A garden"


def test_i25_the_house_never_asks_itself(settings, site):
    settings.ALLOWED_HOSTS = ["talk.example.org", ".house.example"]
    site.pages |= {"/": page(), "/to": (302, {"Location": "http://talk.example.org/"}, "")}
    names = dict.fromkeys(("talk.example.org", "a.house.example", "garden.example"), site.place)
    for address in ("http://talk.example.org/", "http://a.house.example/", "http://TALK.example.org/"):
        assert web(names).card(address) is None
    assert site.asked == []
    assert web(names).card("http://garden.example/to") is None
    assert [path for path, _headers in site.asked] == ["/to"]


# Rebinding and redirects ----------------------------------------------------------------------------------


def test_i9_what_was_looked_at_is_what_is_connected_to(site, listener):
    """A name that stands for somebody else at every look: it is looked up once for each connection, and checked then."""
    site.pages["/"] = page()
    names = {"garden.example": [[site.place], [listener.place]]}
    assert web(names).card("http://garden.example/").title == "A garden"
    assert len(names["garden.example"]) == 1
    assert listener.count == 0


def test_i9_a_name_that_turned_inward_for_the_redirect_is_refused(site, listener):
    site.pages["/"] = (302, {"Location": "/again"}, "")
    names = {"garden.example": [[site.place], [listener.place]]}
    assert web(names).card("http://garden.example/") is None
    assert (names["garden.example"], listener.count) == ([], 0)


def test_i9_a_name_that_turned_inward_for_the_picture_leaves_the_card_without(site, listener):
    site.pages["/"] = page(image="/rose.png")
    names = {"garden.example": [[site.place], [listener.place]]}
    assert web(names).card("http://garden.example/").picture is None
    assert (names["garden.example"], listener.count) == ([], 0)


@pytest.mark.parametrize(
    "inward",
    [
        "http://{place}/",
        "http://127.0.0.1/",
        "http://inside.example/",
        "//inside.example/",
        "http://a@inside.example/",
        "http://[::1]/",
        "http://inside.example:{port}/",
        "file:///etc/passwd",
        "gopher://inside.example/",
        "http://[",
        "http://\u0662.example:x/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_i9_a_redirect_is_checked_anew(site, listener, inward, status):
    address, port = listener.place
    inward = inward.format(place=f"{address}:{port}", port=port)
    site.pages["/"] = (status, {"Location": inward.encode().decode("latin-1")}, "")
    assert web({"garden.example": site.place, "inside.example": listener.place}).card("http://garden.example/") is None
    assert (len(site.asked), listener.count) == (1, 0)


def test_three_redirects_are_followed_and_the_host_is_that_of_the_last(site):
    site.pages |= {
        "/": (301, {"Location": "http://two.example/2"}, ""),
        "/2": (302, {"Location": "/3"}, ""),
        "/3": (307, {"Location": "//three.example/4?a=1"}, ""),
        "/4?a=1": page("Here"),
    }
    names = dict.fromkeys(("garden.example", "two.example", "three.example"), site.place)
    assert web(names).card("http://garden.example/").address == "http://three.example/4?a=1"
    assert [headers["Host"] for _path, headers in site.asked] == [
        "garden.example",
        *["two.example"] * 2,
        "three.example",
    ]


def test_a_fourth_is_not(site):
    site.pages |= {f"/{n}": (302, {"Location": f"/{n + 1}"}, "") for n in range(6)}
    site.pages["/4"] = page()
    assert web({"garden.example": site.place}).card("http://garden.example/0") is None
    assert len(site.asked) == 4


# What is sent ---------------------------------------------------------------------------------------------


def test_nothing_of_the_environment_and_no_cookies_are_sent(site, listener, monkeypatch):
    proxy = "http://{}:{}".format(*listener.place)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    site.pages |= {
        "/": (302, {"Location": "/2", "Set-Cookie": "who=me; Path=/"}, ""),
        "/2": (200, {"Set-Cookie": "who=me"}, page(image="/rose.png")),
    }
    assert web({"garden.example": site.place}).card("http://garden.example/")
    assert [path for path, _headers in site.asked] == ["/", "/2", "/rose.png"]
    for _path, headers in site.asked:
        sent = {name.lower() for name in headers}
        assert sent == {"host", "user-agent", "accept", "accept-encoding", "accept-language"}
        assert "Backchannel" in headers["User-Agent"]
    assert listener.count == 0


def test_what_it_is_told_does_not_get_into_the_log(site, caplog):
    caplog.set_level(logging.DEBUG)
    site.pages["/?token=s3cret"] = (302, {"Location": "/next?token=s3cret"}, "")
    assert web({"garden.example": site.place}).card("http://garden.example/?token=s3cret") is None
    assert caplog.records and "s3cret" not in caplog.text


# Too much, too slow ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slow", [dripping, silent])
def test_whoever_takes_long_is_left_in_time(site, slow):
    site.pages["/"] = slow
    before = time.monotonic()
    assert web({"garden.example": site.place}).card("http://garden.example/") is None
    assert time.monotonic() - before < SECONDS + 1


def test_the_time_is_for_all_of_it_together(site):
    def wait_and(then):
        def late(handler):
            time.sleep(1.2)
            answer(handler, then)

        return late

    site.pages |= {f"/{n}": wait_and((302, {"Location": f"/{n + 1}"}, "")) for n in range(4)}
    before = time.monotonic()
    assert web({"garden.example": site.place}).card("http://garden.example/0") is None
    assert time.monotonic() - before < SECONDS + 1


def test_a_name_that_nobody_tells_is_given_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *place, **how: time.sleep(1.5))
    with pytest.raises(TooLong):
        guard.resolve("garden.example", 80, 0.1)


def test_a_name_is_looked_up_as_it_is(monkeypatch):
    asked = []

    def look_up(host, port, **how):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert guard.resolve("garden.example", 80, 1) == [("192.0.2.1", 80)]
    assert asked == ["garden.example."]
    assert Web().card("http://garden.example/") is None


def test_a_page_without_end_is_read_no_further_than_it_needs(site):
    site.pages["/"] = without_end
    assert web({"garden.example": site.place}).card("http://garden.example/").title == "Long"
    end = time.monotonic() + 5
    while not hasattr(site._server, "sent") and time.monotonic() < end:
        time.sleep(0.05)
    # What lies in the sockets between them comes on top.
    assert site._server.sent < MOST_OF_A_PAGE + 8_000_000


def test_a_packed_page_is_unpacked(site):
    site.pages["/"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(page("Packed").encode()))
    assert web({"garden.example": site.place}).card("http://garden.example/").title == "Packed"


def bomb():
    """A hundred megabytes of title in a hundred kilobytes."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([pack.compress(b"<title>"), *(pack.compress(b"x" * 2**20) for _ in range(100)), pack.flush()])


def test_i10_a_bomb_does_not_go_off(site):
    import tracemalloc

    site.pages["/"] = (200, {"Content-Encoding": "gzip"}, bomb())
    tracemalloc.start()
    card = web({"garden.example": site.place}).card("http://garden.example/")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000
    assert card is None or len(card.title) <= 200


@pytest.mark.parametrize(
    ("coding", "body"),
    [("br", brotli.compress(page().encode())), ("gzip, gzip", b"x"), ("gzip", b"no gzip"), ("zstd", b"x")],
)
def test_what_is_packed_otherwise_is_left_alone(site, coding, body):
    site.pages["/"] = (200, {"Content-Encoding": coding}, body)
    assert web({"garden.example": site.place}).card("http://garden.example/") is None


@pytest.mark.parametrize(
    "reply",
    [
        (404, {}, page()),
        (500, {}, page()),
        (204, {}, ""),
        (302, {}, page()),
        (200, {"Content-Type": "image/png"}, page()),
        (200, {"Content-Type": "application/json"}, page()),
        (200, {"Content-Type": ""}, page()),
        (200, {"X": "y" * 300_000}, page()),
        lambda handler: handler.wfile.write(b"\x16\x03\x01 no HTTP"),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"),
        lambda handler: None,
    ],
)  # fmt: skip
def test_whatever_else_is_answered_is_no_card_and_nothing_breaks(site, reply):
    site.pages["/"] = reply
    assert web({"garden.example": site.place}).card("http://garden.example/") is None
    assert len(site.asked) == 1


def test_the_next_address_is_tried_where_the_first_does_not_answer(site):
    site.pages["/"] = page()
    places = [(OUTSIDE, 1), site.place]
    assert web({"garden.example": places}).card("http://garden.example/").title == "A garden"


# TLS ------------------------------------------------------------------------------------------------------


def certificate(name, folder):
    """(what a server shows for this name, what trusts it)."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(pem, private)
    return shown, lambda: ssl.create_default_context(cafile=str(pem))


@pytest.fixture
def secure(tmp_path):
    shown, trusted = certificate("garden.example", tmp_path)
    made = Site(shown)
    made.trusted = trusted
    made.pages["/"] = page("In secret")
    yield made
    made.close()


def test_over_tls_the_name_is_the_one_that_was_written(secure):
    card = web({"garden.example": secure.place}, trusted=secure.trusted).card("https://garden.example/")
    assert (card.title, secure.names) == ("In secret", ["garden.example"])
    assert secure.asked[0][1]["Host"] == "garden.example"


def test_a_certificate_of_somebody_else_is_none(secure):
    assert web({"other.example": secure.place}, trusted=secure.trusted).card("https://other.example/") is None
    assert web({"garden.example": secure.place}, trusted=guard.trusted).card("https://garden.example/") is None
    assert secure.asked == []


def test_inside_is_inside_over_tls_too(listener):
    assert INSIDE == listener.place[0]
    assert web({"garden.example": listener.place}).card("https://garden.example/") is None
    assert listener.count == 0

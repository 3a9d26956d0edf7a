"""Other people's sites, on loopback: who is there says the resolver, and nothing else leads to them."""

import contextlib
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from backchannel.links import guard
from backchannel.links.web import Web

OUTSIDE = "127.0.0.2"  # stands for the internet: what the guard of these tests allows
INSIDE = "127.0.0.1"  # what it does not


class Site:
    """A web server at OUTSIDE. `pages[path]` is a body, (status, headers, body), or a function that is given the
    handler; `asked` is what came: (path, headers)."""

    def __init__(self, context=None):
        self.pages, self.asked, self.names = {}, [], []
        self._server = ThreadingHTTPServer((OUTSIDE, 0), self._handler())
        self._server.daemon_threads = True
        if context:
            context.sni_callback = lambda _socket, name, _context: self.names.append(name)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def place(self):
        return OUTSIDE, self._server.server_port

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append((self.path, dict(self.headers)))
                page = site.pages.get(self.path, (404, {}, b"nothing"))
                with contextlib.suppress(OSError):
                    page(self) if callable(page) else answer(self, page)

            def log_message(self, *words):
                pass

        return Handler


def answer(handler, page):
    status, headers, body = page if isinstance(page, tuple) else (200, {}, page)
    body = body.encode(errors="replace") if isinstance(body, str) else body
    handler.send_response(status)
    for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": len(body), **headers}.items():
        handler.send_header(name, str(value))
    handler.end_headers()
    handler.wfile.write(body)


def dripping(handler):
    """A byte now and then, for ever: no single wait is long."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def silent(handler):
    time.sleep(20)


def without_end(handler):
    """As fast as it is read; it ends when nobody reads any more."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    handler.wfile.write(b"<title>Long</title>")
    handler.sent = 0
    with contextlib.suppress(OSError):
        while handler.sent < 100_000_000:
            handler.wfile.write(b"x" * 65536)
            handler.sent += 65536
    handler.server.sent = handler.sent


class Listener:
    """Something private at INSIDE, which counts whoever comes."""

    def __init__(self):
        self.count = 0
        self._socket = socket.create_server((INSIDE, 0))
        self.place = self._socket.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                line, _who = self._socket.accept()
                self.count += 1
                line.close()

    def close(self):
        self._socket.close()


def web(names, is_allowed=lambda address: address == OUTSIDE, trusted=ssl.create_default_context):
    """The internet as these tests have it: {name: place, places, or one after the other as a list of lists}."""

    def resolve(host, port, seconds):
        found = names.get(host)
        if found is None:
            raise socket.gaierror("no such name")
        if isinstance(found, tuple):
            return [found]
        return found.pop(0) if isinstance(found[0], list) else found

    return Web(resolve, is_allowed, trusted)


def closed_web():
    """Nobody is there."""
    return web({})


def strict(names):
    """With the guard as it is: no place of these tests is public."""
    return web(names, guard.is_public)


def page(title="A garden", **more):
    tags = "".join(f'<meta property="og:{name}" content="{value}">' for name, value in more.items())
    return f"<!doctype html><html><head><title>{title}</title>{tags}</head><body>Roses</body></html>"

"""A page in a real Chromium with our modules and htmx, and a pretend server at the other end of its socket."""

import json
from pathlib import Path

import django_htmx

STATIC = Path(__file__).parents[2] / "static/js"
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.js"
OURS = [
    "live",
    "tab",
    "holes",
    "places",
    "pieces",
    "banner",
    "times",
    "presses",
    "acting",
    "panel",
    "menus",
    "focus",
    "toasts",
]
OTHERS = ["later", "conversation", "outbox", "room", "files", "sound"]

PAGE = """<!doctype html><html lang="en"><head><title>%(title)s</title>
<meta name="htmx-config" content='{"historyCacheSize":0,"allowEval":false,"includeIndicatorStyles":false}'>
<script src="/htmx.js"></script>
<script type="importmap">%(imports)s</script>
<script type="module" src="/js/app.js"></script>
<style>#log { height: 200px; overflow-y: auto; } article { min-height: 40px; } #stage { width: 200px; }</style>
</head><body hx-boost="true" data-me="bob" data-live="/live/" data-build="one">
<div id="banner" data-state="" hx-preserve></div>
<div id="toasts" data-failed="That did not work." data-unreachable="No connection." hx-preserve></div>
<template id="toast"><div data-toast><span></span><button data-dismiss>x</button></div></template>
<main id="main" tabindex="-1">%(main)s</main></body></html>"""

LOG = '<section id="log" data-conversation="c" data-head="%d" data-address="/c/">%s</section>'


def article(seq, changed=None, text="", author="ada", name=None):
    name = name or f"m-{seq}"
    return (
        f'<article id="{name}" data-seq="{seq}" data-changed="{changed or seq}" data-author="{author}">'
        f'<a href="#" id="link-{name}">{text or seq}</a></article>'
    )


def log(*articles, head):
    return LOG % (head, "".join(articles))


STAGE = (
    '<div id="people" data-list="room:r" data-version="1" data-address="/people/">'
    '<ul id="stage">%s</ul><ul id="audience"></ul></div><p id="elsewhere">elsewhere</p>'
)


def seat(name, order, into="stage", text=""):
    return f'<li id="{name}" data-into="{into}" data-order="{order}"><a href="#">{text or name}</a></li>'


class Page:
    """`page.serve(main)` opens it; `page.sends(frame)` is the server's voice, `page.said` what the browser said."""

    def __init__(self, browser):
        self.context = browser.new_context()
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(5000)
        self.errors = []
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        self.mains, self.asked, self.said, self.sockets = {}, [], [], []
        self.answers = True  # whether hello, resume and beat are answered with these heads
        self.heads = {"conversations": {}, "versions": {}}
        self.tab.route("**/*", self._answer)
        self.tab.route_web_socket("**/live/", self._open)

    def _answer(self, route):
        path = route.request.url.removeprefix("http://house.test")
        if path == "/htmx.js":
            route.fulfill(path=HTMX, content_type="text/javascript")
        elif path.startswith("/js/"):
            route.fulfill(path=STATIC / path[4:], content_type="text/javascript")
        elif path in self.mains:
            self.asked.append(path)
            status, text = self.mains[path]
            route.fulfill(status=status, body=text, content_type="text/html")
        else:
            route.fulfill(status=404, body="")

    def _open(self, socket):
        self.sockets.append(socket)
        socket.on_message(lambda text: self._hear(json.loads(text)))

    def _hear(self, frame):
        self.said.append(frame)
        if self.answers and frame["type"] in ("hello", "resume", "beat"):
            self.sends({"type": "heads", **self.heads})

    def sends(self, *frames):
        for frame in frames:
            self.sockets[-1].send(json.dumps(frame))

    def message(self, number, html, conversation="c"):
        self.sends({"type": "message", "conversation": conversation, "number": number, "html": html})

    def piece(self, html="", *, name="room:r", version=None, gone=()):
        self.sends({"type": "piece", "list": name, "version": version, "html": html, "gone": list(gone)})

    def whole(self, main, title="House"):
        ours = {name: f"/js/{name}.js" for name in OURS}
        empty = dict.fromkeys(OTHERS, "data:text/javascript,")
        return PAGE % {"title": title, "main": main, "imports": json.dumps({"imports": ours | empty})}

    def serve(self, main, path="/"):
        self.mains[path] = 200, self.whole(main)
        self.tab.goto(f"http://house.test{path}")
        self.until("document.readyState === 'complete'")
        self.hears("hello")
        self.settled()

    def hears(self, kind, count=1):
        """Waits until the browser has said so many frames of this kind."""
        for _ in range(500):
            frames = [frame for frame in self.said if frame["type"] == kind]
            if len(frames) >= count:
                return frames[-1]
            self.tab.wait_for_timeout(10)
        raise AssertionError(f"{kind} was not said {count} times: {self.said}")

    def count(self, kind):
        return sum(frame["type"] == kind for frame in self.said)

    def settled(self):
        """All that was sent has been put in place."""
        self.tab.evaluate(
            """() => {
              window.marked = false;
              document.addEventListener("pieces:applied", () => (window.marked = true), { once: true });
            }"""
        )
        self.piece(name="mark")
        self.until("window.marked")

    def cursor(self):
        """Up to where the page knows the conversation."""
        return self.tab.evaluate("document.querySelector('#log').dataset.head")

    def until(self, expression):
        self.tab.wait_for_function(expression, timeout=5000)

    def order(self, selector):
        return self.tab.eval_on_selector_all(selector, "all => all.map((one) => one.id)")

    def remember(self, selector):
        """Marks these very objects, so that `same` can tell them from others drawn alike."""
        self.tab.eval_on_selector_all(selector, "all => (window.kept = new Map(all.map(one => [one.id, one])))")

    def same(self, name):
        return self.tab.evaluate("name => window.kept.get(name) === document.getElementById(name)", name)

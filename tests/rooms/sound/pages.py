"""Real Chromium on a tiny page with our own sound.js, played against a desk in this process.

Nothing is relaxed: hidden addresses (mDNS), no loopback flag, the strict autoplay rule. Only the microphone is fake.
"""

import asyncio
import contextlib
import itertools
import json
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import async_playwright

from tests.chromium import CHROMIUM
from tests.rooms.sound.peers import until

STATIC = Path(__file__).parents[3] / "static"
FLAGS = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--disable-background-networking"]
CONTROLS = '<div id="controls" data-want-sound="yes" data-room="room" data-role="listener" data-muted="yes"></div>'
LIVE = """
export const send = async (frame) => {
  const wishes = { ...document.getElementById("controls")?.dataset };
  const reply = await fetch("/send" + location.search, { method: "POST", body: JSON.stringify({ frame, wishes }) });
  document.dispatchEvent(new CustomEvent("live:sound", { detail: await reply.json() }));
};
"""
SEEN = """
(() => {
  const seen = (window.seen = { lines: [], asked: 0 });
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      seen.lines.push(this);
      this.addEventListener("track", ({ track }) => (seen.track = track));
    }
  };
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (what) => (seen.asked++, ask(what));
  seen.stats = async () => [...(await seen.lines.at(-1).getStats()).values()];
  seen.packets = async () => (await seen.stats()).find((row) => row.type === "inbound-rtp")?.packetsReceived || 0;
  seen.peak = async () => {
    seen.context ||= new AudioContext();
    const analyser = seen.context.createAnalyser();
    [analyser.fftSize, analyser.smoothingTimeConstant] = [8192, 0];
    seen.context.createMediaStreamSource(new MediaStream([seen.track])).connect(analyser);
    await new Promise((done) => setTimeout(done, 400));
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const at = levels.indexOf(Math.max(...levels));
    return { hz: (at * seen.context.sampleRate) / analyser.fftSize, db: levels[at] };
  };
})();
"""

tabs = itertools.count(1)


class Page:
    """One browser tab; the studio plays the server for it."""

    def __init__(self, page, studio, session):
        self.page, self.studio, self.session = page, studio, session
        self.offers, self.left, self.refusal = [], False, None

    async def sent(self, frame, wishes):
        """The frame that answers what the page sent: an offer is passed to the desk."""
        if frame["type"] == "sound.leave":
            self.left = True
            return {}
        self.offers.append(frame)
        if self.refusal:
            return {"do": "refused", "text": self.refusal}
        publish, muted = wishes["role"] != "listener", wishes["muted"] == "yes"
        reply = await self.studio.ask(self.session, frame["sdp"], frame["room"], publish, muted)
        return {"do": "answer", "sdp": reply["answer"]}

    async def frame(self, **frame):
        """The server says something by itself."""
        say = "frame => document.dispatchEvent(new CustomEvent('live:sound', {detail: frame}))"
        await self.page.evaluate(say, frame)

    async def want(self, **wishes):
        """What the server writes on #controls."""
        await self.page.evaluate(
            """({ html, wishes }) => {
                if (!document.getElementById("controls")) document.body.insertAdjacentHTML("beforeend", html);
                Object.assign(document.getElementById("controls").dataset, wishes);
            }""",
            {"html": CONTROLS, "wishes": wishes},
        )

    async def connected(self):
        """Its line is up, asked of the desk: to look at the page would count as somebody's click there."""
        sessions = self.studio.desk.sessions
        await until(lambda: self.session in sessions and sessions[self.session].connected)

    async def state(self, state):
        await self.page.wait_for_selector(f'[data-sound-state="{state}"]', timeout=8000, state="attached")

    async def seen(self, what):
        return await self.page.evaluate(f"seen.{what}")


class Site:
    """The tiny web server: the page, our own static files, and /send, which is the line to the server."""

    def __init__(self, studio, browser):
        self.studio, self.browser, self.pages = studio, browser, {}

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def open(self, permissions=(), path="/"):
        context = await self.browser.new_context(permissions=list(permissions))
        await context.add_init_script(SEEN)
        session = f"session{next(tabs)}"
        self.pages[session] = page = Page(await context.new_page(), self.studio, session)
        await page.page.goto(f"http://127.0.0.1:{self.port}{path}?{session}")
        return page

    async def _serve(self, reader, writer):
        address = urlsplit((await reader.readline()).split()[1].decode())
        length = 0
        while line := (await reader.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body, kind = await self._answer(address, await reader.readexactly(length))
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    async def _answer(self, address, sent):
        if address.path == "/send":
            return json.dumps(await self.pages[address.query].sent(**json.loads(sent))).encode(), "application/json"
        if address.path == "/live.js":
            return LIVE.encode(), "text/javascript"
        if address.path.startswith("/js/"):
            return (STATIC / address.path[1:]).read_bytes(), "text/javascript"
        html = (Path(__file__).parent / "lab.html").read_text()
        return (html + CONTROLS if address.path == "/wanted" else html).encode(), "text/html"


@contextlib.asynccontextmanager
async def chromium(studio, flags=()):
    """open(permissions, path) → Page; the path /wanted is a page that wants sound from its first moment."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        site = Site(studio, browser)
        await site.start()
        try:
            yield site.open
        finally:
            await browser.close()
            site.server.close()

"""One peer connection with one browser."""

import asyncio
import logging

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from rooms.sound.mixer import offers
from rooms.sound.mixer.voice import Voice

logger = logging.getLogger(__name__)

OPUS = [codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.mimeType == "audio/opus"]

# A browser that does not connect within this time has lost interest.
HALF_OPEN = 15.0

KEEP = 5  # packets; older ones are of no use to anybody


class Outgoing(MediaStreamTrack):
    """Hands encoded packets to aiortc's sender, which only numbers, encrypts and sends them."""

    kind = "audio"

    def __init__(self):
        super().__init__()
        self.packets = asyncio.Queue(KEEP)

    def give(self, packet):
        if self.packets.full():
            self.packets.get_nowait()
        self.packets.put_nowait(packet)

    async def recv(self):
        if self.readyState != "live":
            raise MediaStreamError
        return await self.packets.get()


class Link:
    """`publish`: whether the browser may send at all. `on_end(link)`: it is over, whoever ended it."""

    def __init__(self, publish, on_connected, on_end):
        self.on_connected, self.on_end = on_connected, on_end
        self.connected, self.over = False, False
        self.voice, self.out = Voice(), Outgoing()
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = self.pc.addTransceiver(self.out, direction="sendrecv" if publish else "sendonly")
        transceiver.setCodecPreferences(OPUS)
        _listen(transceiver.receiver, self.voice)
        self.pc.on("connectionstatechange", self._changed)
        self.timer = asyncio.get_running_loop().call_later(HALF_OPEN, self._too_late)

    async def answer(self, offer):
        """Take the browser's offer, give our answer. What aiortc cannot read raises all kinds of errors."""
        await self.pc.setRemoteDescription(RTCSessionDescription(offers.without_addresses(offer), "offer"))
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        return offers.as_voice(self.pc.localDescription.sdp)

    def give(self, packet):
        self.out.give(packet)

    def end(self):
        """Deaf and dumb at once; the sockets close a moment later. Returns the task that closes them."""
        if self.over:
            return None
        self.over, self.connected = True, False
        self.timer.cancel()
        self.voice.open(False)
        self.closing = asyncio.ensure_future(self._close())
        self.on_end(self)
        return self.closing

    async def _close(self):
        try:
            await self.pc.close()
        except Exception:
            logger.exception("a connection did not close cleanly")

    def _changed(self):
        state = self.pc.connectionState
        if state == "connected" and not self.over:
            self.connected = True
            self.timer.cancel()
            self.on_connected(self)
        elif state in ("failed", "closed"):
            self.end()

    def _too_late(self):
        if not self.connected:
            self.end()


def _listen(receiver, voice):
    """Hand incoming packets to `voice` instead of aiortc's own buffer and decoding thread.

    Its buffer keeps 80 ms at best and 300 ms after the first loss, and it decodes what nobody may hear.
    """

    async def receive(parameters):
        receiver.transport._register_rtp_receiver(receiver, parameters)

    async def packet(packet, arrival_time_ms):
        voice.put(packet.sequence_number, packet.payload)

    receiver.receive, receiver._handle_rtp_packet = receive, packet

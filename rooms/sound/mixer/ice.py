"""Which addresses and ports the mixer offers to browsers, and how much it takes in.

No STUN, no TURN, no multicast. Loopback is among the addresses, so that a laptop without network is not silent.
"""

import asyncio
import ipaddress
import random
import time
from functools import partial

import ifaddr
from aioice import Candidate
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import Connection, StunProtocol
from aiortc import rtcicetransport

MOST_ADDRESSES = 8

# A voice is 50 packets a second; more than this is not a voice.
PACKETS_PER_SECOND = 200
BURST = 400


class NoPort(OSError):
    """Every port of SOUND_PORTS is taken."""


def ports(text):
    """The range in "40000-40100"; None (any port) for an empty text. ValueError for anything else."""
    if not text:
        return None
    first, dash, last = text.partition("-")
    numbers = range(int(first), int(last if dash else first) + 1)
    if not numbers or numbers[0] < 1 or numbers[-1] > 65535:
        raise ValueError(f"{text} is not a range of ports")
    return numbers


def own_addresses():
    """This machine's own addresses that a browser could reach, loopback last."""
    found = {_usable(ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips} - {None}
    outer = sorted(found, key=lambda ip: (":" in ip, ip))
    return [*outer[: MOST_ADDRESSES - 1], "127.0.0.1"]


def _usable(ip):
    """The address, unless it is a loopback or one of those that only count on their own wire."""
    host, scope = (ip.ip, 0) if ip.is_IPv4 else (ip.ip[0], ip.ip[2])
    return None if scope or ipaddress.ip_address(host).is_loopback else host


def use(numbers):
    """From now on every connection of this process gathers addresses our way, on these ports (None: any)."""
    HostConnection.ports = numbers
    rtcicetransport.Connection = HostConnection


class Gate:
    """How many packets may come in: a bucket that fills by PACKETS_PER_SECOND up to BURST."""

    def __init__(self, now):
        self.left, self.at = BURST, now

    def lets(self, now):
        self.left = min(BURST, self.left + (now - self.at) * PACKETS_PER_SECOND)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class HostConnection(Connection):
    ports = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.gate = Gate(time.monotonic())

    async def get_component_candidates(self, component, addresses, timeout=5):
        """Bind one socket on each of our addresses and offer it."""
        candidates = []
        for address in own_addresses():
            protocol = await self._bound(address)
            if protocol:
                self._protocols.append(protocol)
                candidates.append(_candidate(protocol, component))
        if not candidates:
            raise NoPort
        return candidates

    def data_received(self, data, component):
        if self.gate.lets(time.monotonic()):
            super().data_received(data, component)

    async def _bound(self, address):
        loop = asyncio.get_running_loop()
        for port in _in_turn(self.ports):
            try:
                endpoint = await loop.create_datagram_endpoint(partial(StunProtocol, self), (address, port))
            except OSError:
                continue
            return endpoint[1]
        return None


def _in_turn(numbers):
    """All ports, beginning somewhere in the middle, so that a taken one is rarely met."""
    if numbers is None:
        return [0]
    start = random.randrange(len(numbers))  # noqa: S311 (no secret)
    return [*numbers[start:], *numbers[:start]]


def _candidate(protocol, component):
    host, port = protocol.transport.get_extra_info("sockname")[:2]
    protocol.local_candidate = Candidate(
        foundation=candidate_foundation("host", "udp", host),
        component=component,
        transport="udp",
        priority=candidate_priority(component, "host"),
        host=host,
        port=port,
        type="host",
    )
    return protocol.local_candidate

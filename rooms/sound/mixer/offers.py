"""The two texts exchanged with a browser: what is taken out of its offer, what is put into our answer."""

import ipaddress
import re

OPUS = re.compile(r"a=rtpmap:(\d+) opus/48000/2\r\n", re.IGNORECASE)
# Speech: 20 ms a packet, repair data for lost packets inside the next one.
VOICE = "a=fmtp:{0} minptime=10;useinbandfec=1;maxaveragebitrate=40000\r\na=ptime:20\r\n"


def without_addresses(offer):
    """The offer without the browser's addresses.

    They are never needed: the browser sends the first packet, signed with this connection's password, and we
    answer to where it came from. So no .local name is asked for by multicast, and nobody makes us knock at a
    third party's door.
    """
    return re.sub(r"a=(candidate:|end-of-candidates)[^\n]*\n?", "", offer)


def as_voice(answer):
    """The answer with Opus tuned for speech."""
    return OPUS.sub(lambda line: line[0] + VOICE.format(line[1]), answer)


def announced(answer, address):
    """The answer with our own addresses replaced by the public `address`; unchanged without one."""
    if not address:
        return answer
    version = ipaddress.ip_address(address).version
    lines = [_announced(line, address, version) for line in answer.split("\r\n")]
    return "\r\n".join(line for line in lines if line is not None)


def _announced(line, address, version):
    if line.startswith("c=IN"):
        return f"c=IN IP{version} {address}"
    if not line.startswith("a=candidate:"):
        return line
    parts = line.split(" ")
    own = ipaddress.ip_address(parts[4])
    if own.is_loopback or own.version != version:
        return None
    parts[4] = address
    return " ".join(parts)

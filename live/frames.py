"""The frames that may travel, with the keys they may have. What is not here is neither sent nor heard.

What travels is one frame, or to the browser a list of frames that belong together.
"""

import json
import logging
import re

logger = logging.getLogger(__name__)

# Tests set this, so that a wrong frame is an error there; in production it is a line in the log.
strict = False

# Server → browser: the keys each type may have.
OUT = {
    "welcome": {"beat", "spread", "build"},
    "heads": {"conversations", "versions"},
    "message": {"conversation", "number", "html"},
    "piece": {"list", "version", "html", "gone"},
    "reload": {"list"},
    "talking": {"room", "seats"},
    "typing": {"conversation", "person", "name"},
    "sound": {"do", "sdp", "tab", "text", "publish"},
    "ack": {"conversation", "client_id", "seq"},
    "refused": {"conversation", "client_id", "text", "status", "wait"},
    "notice": {"text", "level"},
    "go": {"to"},
    "resync": set(),
    "beat": set(),
}

MAX_BYTES = 64 * 1024
MAX_SDP = 16 * 1024
MAX_BODY = 16 * 1024  # characters; how many of them make a message, its form decides
MAX_FILES = 10  # of one message
MAX_LISTS = 200  # conversations and lists one page may ask about
NAME = re.compile(r"[0-9A-Za-z:_-]{1,64}")


class Unheard(ValueError):
    """A frame of a browser that we do not listen to."""


def encode(frame):
    """The frame as the text that travels; None if it may not (an error under tests)."""
    wrong = set(frame) - OUT[frame["type"]] - {"type"} if frame.get("type") in OUT else {"type"}
    if not wrong:
        return json.dumps(frame, separators=(",", ":"), ensure_ascii=False, default=str)
    if strict:
        raise ValueError(f"frame {frame.get('type')!r} may not carry {sorted(wrong)}")
    logger.error("A frame %r was dropped: it may not carry %s", frame.get("type"), sorted(wrong))
    return None


def encode_all(*several):
    """Several frames as one that arrives whole; None if none of them may travel."""
    texts = [text for text in map(encode, several) if text is not None]
    return f"[{','.join(texts)}]" if len(texts) > 1 else texts[0] if texts else None


def decode(text):
    """A browser's frame as a dict of exactly the known shape; raises Unheard."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Unheard("too long")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unheard("not JSON") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str) or frame["type"] not in IN:
        raise Unheard("unknown type")
    shape = IN[frame["type"]]
    if any(key != "type" and (key not in shape or not shape[key](value)) for key, value in frame.items()):
        raise Unheard("unknown key or value")
    return frame


def _name(value):
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _names(value):
    return isinstance(value, list) and len(value) <= MAX_FILES and all(map(_name, value))


def _numbers(value):
    few = isinstance(value, dict) and len(value) <= MAX_LISTS
    return few and all(map(_name, value)) and all(map(_number, value.values()))


def _number(value):
    return type(value) is int and 0 <= value < 2**53


def _places(value):
    few = isinstance(value, dict) and len(value) <= MAX_LISTS
    return few and all(map(_name, value)) and all(map(_place, value.values()))


def _place(value):
    return isinstance(value, list) and len(value) == 2 and _number(value[0]) and _uuid(value[1])


def _sdp(value):
    return isinstance(value, str) and len(value) <= MAX_SDP and value.isascii()


def _uuid(value):
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None


def _body(value):
    return isinstance(value, str) and len(value) <= MAX_BODY


def _yes_or_no(value):
    return isinstance(value, bool)


# Browser → server: each key with what its value must be.
IN = {
    "hello": {"tab": _name, "cursors": _numbers, "versions": _numbers, "newest": _places},
    "beat": {"cursors": _numbers, "versions": _numbers},
    "resume": {"cursors": _numbers, "versions": _numbers},
    "post": {"conversation": _name, "client_id": _uuid, "body": _body, "reply_to": _uuid, "files": _names},
    "typing": {"conversation": _name},
    "sound.offer": {"room": _name, "sdp": _sdp, "take": _yes_or_no},
    "sound.leave": {"room": _name},
}

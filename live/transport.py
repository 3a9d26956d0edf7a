"""What ASGI does not tell about the server below: daphne's own buffer, and its close frames.

daphne takes every frame at once, however slow the reader, and refuses close codes below 3000. Other servers
do neither; there all of this is plain ASGI.
"""

import asyncio
import contextlib

GOODBYE = 5  # seconds for a close frame to leave


def innermost(send):
    """The server's own ASGI `send`, without the session middleware, which has no work on an open socket."""
    return getattr(getattr(send, "__self__", None), "real_send", send)


def unsent_bytes(send):
    """How much the server keeps for a reader that does not read."""
    transport = getattr(_daphne(send), "transport", None)
    # Twisted's own attributes: what is being written, and what was added since.
    kept = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
    return kept + getattr(transport, "_tempDataLen", 0)


def unread_frames(receive):
    """How many of the browser's frames daphne keeps for us while we are busy with an earlier one."""
    queue = getattr(receive, "__self__", None)
    return queue.qsize() if isinstance(queue, asyncio.Queue) else 0


async def close_frame(send, code):
    """Closes with this code, or gives up on a reader who does not even read that."""
    protocol = _daphne(send)
    if protocol is not None and code < 3000:
        protocol.sendCloseFrame(code=code)
    else:
        with contextlib.suppress(TimeoutError, OSError):
            await asyncio.wait_for(send({"type": "websocket.close", "code": code}), GOODBYE)


def _daphne(send):
    """daphne's protocol behind its `send`; None on another server."""
    protocol = next(iter(getattr(send, "args", ())), None)
    return protocol if hasattr(protocol, "sendCloseFrame") else None

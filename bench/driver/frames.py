"""WebSocket frames by hand (RFC 6455): what a browser sends, and what a server's bytes hold."""

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
FINAL, MASKED = 0x80, 0x80


def masked(payload: bytes, kind: int = TEXT) -> bytes:
    """One frame of a browser. The mask is all zeros: allowed, and free."""
    size = len(payload)
    if size < 126:
        head = bytes((FINAL | kind, MASKED | size))
    elif size < 65536:
        head = bytes((FINAL | kind, MASKED | 126)) + size.to_bytes(2)
    else:
        head = bytes((FINAL | kind, MASKED | 127)) + size.to_bytes(8)
    return head + b"\0\0\0\0" + payload


def take(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames at the beginning of what a server sent → [(kind, payload), …] and the bytes after them.

    Raises ValueError for what would be miscounted: a fragment, or a masked frame.
    """
    found, at, end = [], 0, len(data)
    while end - at >= 2:
        first, size = data[at], data[at + 1]
        if first < FINAL or size >= MASKED:
            raise ValueError(f"a frame that begins with {first:#x} {size:#x}")
        start = at + 2
        if size >= 126:
            start += 2 if size == 126 else 8
            if start > end:
                break
            size = int.from_bytes(data[at + 2 : start])
        if start + size > end:
            break
        found.append((first & 15, data[start : start + size]))
        at = start + size
    return found, data[at:]

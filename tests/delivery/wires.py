"""The network between tabs and the house: a proxy that can be cut, and what the kernel knows of connections."""

import asyncio
import contextlib
from pathlib import Path

CHUNK = 64 * 1024
ESTABLISHED = "01"


class Net:
    """async with Net(port) as net: tabs at `net.port` reach the house as long as nothing is cut."""

    def __init__(self, house):
        self.house = house
        self._ends = set()
        self._whole = asyncio.Event()
        self._whole.set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error):
        self._server.close()
        self.mend()
        self.tear()

    async def held(self, seconds):
        """For so long nothing arrives, in either direction, nobody is told, and no new line comes up."""
        self.cut()
        await asyncio.sleep(seconds)
        self.mend()

    def cut(self):
        self._whole.clear()

    def mend(self):
        self._whole.set()

    def tear(self):
        """Every connection breaks now."""
        for writer in list(self._ends):
            writer.transport.abort()

    def connections(self):
        """Our ends of the connections with the house, as ports."""
        return {end.get_extra_info("sockname")[1] for end in self._ends if _other(end) == self.house}

    async def _joined(self, reader, writer):
        said = bytearray()
        if not await self._waited_for(reader, said):
            writer.transport.abort()
            return
        try:
            from_house, to_house = await asyncio.open_connection("127.0.0.1", self.house)
        except OSError:
            writer.transport.abort()
            return
        to_house.write(said)
        ends = {writer, to_house}
        self._ends |= ends
        ways = [self._flow(reader, to_house), self._flow(from_house, writer)]
        with contextlib.suppress(OSError):
            await asyncio.gather(*ways)
        self._ends -= ends
        for end in ends:
            end.close()

    async def _waited_for(self, reader, said):
        """Whether he who calls is still there when the line is whole; until then he only hears that it does not ring.

        What he says into it goes to `said`. A line that never came up brings nothing to the house, like one whose SYN is
        lost for as long as anybody tries.
        """
        whole = asyncio.create_task(self._whole.wait())
        gives_up = asyncio.create_task(_to_the_end(reader, said))
        await asyncio.wait({whole, gives_up}, return_when=asyncio.FIRST_COMPLETED)
        gone = gives_up.done()
        for task in (whole, gives_up):
            task.cancel()
        await asyncio.gather(whole, gives_up, return_exceptions=True)
        return not gone

    async def _flow(self, reader, writer):
        while some := await reader.read(CHUNK):
            await self._whole.wait()
            writer.write(some)
            await writer.drain()
        await self._whole.wait()
        writer.transport.abort() if writer.is_closing() else writer.close()


async def _to_the_end(reader, said):
    with contextlib.suppress(OSError):
        while some := await reader.read(CHUNK):
            said += some


def _other(end):
    return (end.get_extra_info("peername") or (0, 0))[1]


def held_open(port):
    """The ports of those with whom the server at `port` still has a connection."""
    return {there for there, _inode in _connections(port)}


def lines_of(pid, port):
    """The same of this process alone."""
    mine = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            mine.add(str(file.readlink()))
    return {there for there, inode in _connections(port) if f"socket:[{inode}]" in mine}


def _connections(port):
    """(the port at the other end, the kernel's number) of each."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _n, here, there, state, *rest = line.split()
        if state == ESTABLISHED and int(here.split(":")[1], 16) == port:
            yield int(there.split(":")[1], 16), rest[5]

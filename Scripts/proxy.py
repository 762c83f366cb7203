"""A TCP proxy between clients and servers that stalls, cuts, slices, delays, loses and forgets.

    open    passes everything on
    stall   passes nothing on, keeps all, and goes on with it later (a black hole)
    deaf    the same, but only of what the server says
    dumb    the same, but only of what the client says
    delay   passes on late, each piece by a time of its own up to a quarter of a second, in order
    lose    passes all on but the messages of a channel: whole ones of Redis
    leak    loses one of three of these
    cut     resets all connections, and every new one
    slice   passes on in pieces of a few bytes
    mute    the server's end is gone and the client hears nothing of it (half-open); new
            connections pass. When the link opens again, the old ones are reset, as a host does
            that knows nothing of them.

A link may be turned to another server: connections from then on lead there, the old ones stay.

As a process of its own it reads commands in JSON, one a line, and answers each with a line.
"""

import asyncio
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading

CHUNK_BYTES = 65_536
SLICE_BYTES = 40
LONGEST_DELAY_SECONDS = 0.25
LOSSES = {"lose": 1, "leak": 1 / 3}


class Proxy:
    """The proxy's process, as its owner sees it."""

    def __init__(self, targets):
        """`targets` is {link: port}; `ports` then says where each link listens."""
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), json.dumps(targets)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True)
        self.lock = threading.Lock()
        self.ports = json.loads(self.process.stdout.readline())

    def set(self, links, mode):
        """Returns when the links behave so."""
        self._command({"links": list(links), "mode": mode})

    def turn(self, links, port):
        """Returns when new connections of the links lead to the port."""
        self._command({"links": list(links), "port": port})

    def _command(self, command):
        with self.lock:
            print(json.dumps(command), file=self.process.stdin, flush=True)
            if not self.process.stdout.readline():
                raise RuntimeError("the proxy has ended")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Pair:
    """The two ends of one connection."""

    def __init__(self, client):
        self.client = client
        self.server = None
        self.is_mute = False

    def cut(self):
        for writer in (self.client, self.server):
            if writer:
                reset(writer)

    def mute(self):
        self.is_mute = True
        if self.server:
            reset(self.server)


def reset(writer):
    try:
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass  # it is closed already
    writer.transport.abort()


class Messages:
    """Takes the messages of a channel out of what Redis says (RESP2)."""

    def __init__(self):
        self.rest = b""

    def without_lost(self, data, share):
        """All complete replies, but for a share of the messages."""
        self.rest += data
        kept, start = [], 0
        while (end := self._end(start)) is not None:
            reply = self.rest[start:end]
            if not (self._is_message(reply) and random.random() < share):
                kept.append(reply)
            start = end
        self.rest = self.rest[start:]
        return b"".join(kept)

    @staticmethod
    def _is_message(reply):
        return reply.startswith((b"*3\r\n$7\r\nmessage\r\n", b">3\r\n$7\r\nmessage\r\n",
                                 b">2\r\n$10\r\ninvalidate\r\n"))

    def _end(self, start):
        """Where the reply that begins at `start` ends; None while it is not all there."""
        open_replies, place = 1, start
        while open_replies:
            line_end = self.rest.find(b"\r\n", place)
            if line_end < 0:
                return None
            kind, line = self.rest[place:place + 1], self.rest[place + 1:line_end]
            # Begun in the middle of a reply, it meets lines that are no headers.
            length = int(line) if line.isdigit() else 0
            place = line_end + 2
            open_replies -= 1
            if kind in (b"*", b">", b"~"):
                open_replies += length
            elif kind == b"%":
                open_replies += 2 * length
            elif kind in (b"$", b"=") and line != b"-1":
                place += length + 2
        return place if place <= len(self.rest) else None


class Link:
    """One port that leads to one server."""

    def __init__(self, target):
        self.target = target
        self.mode = "open"
        self.opened = asyncio.Event()   # once for each change of the mode
        self.pairs = set()

    def set(self, mode):
        self.mode = mode
        for pair in list(self.pairs):
            if mode == "cut" or pair.is_mute:
                pair.cut()
            elif mode == "mute":
                pair.mute()
        self.opened.set()
        self.opened = asyncio.Event()

    async def _wait(self, is_from_server):
        """Until the mode lets this direction flow."""
        while self.mode in ("stall", "deaf" if is_from_server else "dumb"):
            await self.opened.wait()

    async def accept(self, reader, writer):
        if self.mode == "cut":
            return reset(writer)
        pair = Pair(writer)
        self.pairs.add(pair)
        try:
            await self._wait(is_from_server=False)
            server_reader, pair.server = await asyncio.open_connection("127.0.0.1", self.target)
            await asyncio.gather(self._pass_on(reader, pair.server, pair, None),
                                 self._pass_on(server_reader, writer, pair, Messages()))
        except OSError:
            pass  # the server is down: what a client sees then is a reset
        finally:
            self.pairs.discard(pair)
            pair.cut()

    async def _pass_on(self, reader, writer, pair, messages):
        """One direction; `messages` where it is what a server says."""
        try:
            while data := await reader.read(CHUNK_BYTES):
                await self._wait(messages is not None)
                if self.mode == "delay":
                    await asyncio.sleep(random.uniform(0, LONGEST_DELAY_SECONDS))
                if pair.is_mute:
                    continue
                if messages and (self.mode in LOSSES or messages.rest):
                    data = messages.without_lost(data, LOSSES.get(self.mode, 0))
                if self.mode == "slice":
                    await self._pass_on_slices(data, writer)
                else:
                    writer.write(data)
                await writer.drain()
        except OSError:
            pass
        if not pair.is_mute:
            writer.close()

    async def _pass_on_slices(self, data, writer):
        start = 0
        while start < len(data):
            end = start + random.randint(1, SLICE_BYTES)
            writer.write(data[start:end])
            await asyncio.sleep(0)
            start = end


async def serve(targets):
    links = {name: Link(port) for name, port in targets.items()}
    ports, servers = {}, []
    for name, link in links.items():
        servers.append(await asyncio.start_server(link.accept, "127.0.0.1", 0))
        ports[name] = servers[-1].sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        command = json.loads(line)
        for name in command["links"]:
            if "port" in command:
                links[name].target = command["port"]
            else:
                links[name].set(command["mode"])
        print("done", flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))

"""A TCP proxy between workers and servers that stalls, cuts, slices and forgets.

    open    passes everything on
    stall   passes nothing on, keeps all, and goes on with it later (a black hole)
    cut     resets all connections, and every new one
    slice   passes on in pieces of a few bytes
    mute    the server's end is gone and the client hears nothing of it (half-open); new
            connections pass. When the link opens again, the old ones are reset, as a host does
            that knows nothing of them.

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

CHUNK_BYTES = 65_536
SLICE_BYTES = 40


class Proxy:
    """The proxy's process, as its owner sees it."""

    def __init__(self, targets):
        """`targets` is {link: port}; `ports` then says where each link listens."""
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), json.dumps(targets)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True)
        self.ports = json.loads(self.process.stdout.readline())

    def set(self, links, mode):
        """Returns when the links behave so."""
        print(json.dumps({"links": list(links), "mode": mode}), file=self.process.stdin,
              flush=True)
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


class Link:
    """One port that leads to one server."""

    def __init__(self, target):
        self.target = target
        self.mode = "open"
        self.flows = asyncio.Event()
        self.flows.set()
        self.pairs = set()

    def set(self, mode):
        self.mode = mode
        for pair in list(self.pairs):
            if mode == "cut" or pair.is_mute:
                pair.cut()
            elif mode == "mute":
                pair.mute()
        if mode == "stall":
            self.flows.clear()
        else:
            self.flows.set()

    async def accept(self, reader, writer):
        if self.mode == "cut":
            return reset(writer)
        pair = Pair(writer)
        self.pairs.add(pair)
        try:
            await self.flows.wait()
            server_reader, pair.server = await asyncio.open_connection("127.0.0.1", self.target)
            await asyncio.gather(self._pass_on(reader, pair.server, pair),
                                 self._pass_on(server_reader, writer, pair))
        except OSError:
            pass  # the server is down: what a client sees then is a reset
        finally:
            self.pairs.discard(pair)
            pair.cut()

    async def _pass_on(self, reader, writer, pair):
        try:
            while data := await reader.read(CHUNK_BYTES):
                await self.flows.wait()
                if pair.is_mute:
                    continue
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
            links[name].set(command["mode"])
        print("done", flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))

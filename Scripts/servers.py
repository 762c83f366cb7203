"""Private redis-server and rabbitmq-server: loopback, free ports, a temporary folder."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import time

START_SECONDS = 60
STOP_SECONDS = 20
POLL_SECONDS = 0.05


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not happen within {seconds} s")
        time.sleep(POLL_SECONDS)


def stop(process, seconds=STOP_SECONDS):
    """Ends a child by its id and gives its exit status; SIGKILL when SIGTERM is not enough."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def stop_group(process):
    """Ends a child that leads its own process group, with all that it started."""
    stop(process)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class RedisConnection:
    """One connection; texts go through as they are, also what is not UTF-8."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def command(self, *arguments):
        parts = [argument if isinstance(argument, bytes) else
                 str(argument).encode(errors="surrogateescape") for argument in arguments]
        lines = [b"*%d" % len(parts)]
        for part in parts:
            lines += [b"$%d" % len(part), part]
        self.socket.sendall(b"\r\n".join(lines) + b"\r\n")
        return self.reply()

    def reply(self):
        line = self.reader.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"$":
            length = int(rest)
            if length < 0:
                return None
            return self.reader.read(length + 2)[:-2].decode(errors="surrogateescape")
        if kind == b"*":
            return None if int(rest) < 0 else [self.reply() for _ in range(int(rest))]
        if not line:
            raise ConnectionError("Redis closed the connection")
        raise RuntimeError(f"Redis answered {line.decode(errors='replace').strip()!r}")

    def close(self):
        """Ends the connection, also under a thread that waits for a reply."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Redis:
    """One server that keeps nothing on disk, and one connection to it."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                   "--appendonly", "no", "--dir", folder]
        with open(os.path.join(folder, "redis.log"), "wb") as log:
            # In a session of its own: Ctrl-C is for its owner, who stops it last.
            self.process = subprocess.Popen(command, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_until(self._connect, START_SECONDS, "the start of redis-server")
        except BaseException:
            self.stop()
            raise

    def _connect(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"redis-server ended with status {self.process.returncode}")
        try:
            self.connection = RedisConnection(self.port)
        except ConnectionRefusedError:
            return False
        return True

    def command(self, *arguments):
        return self.connection.command(*arguments)

    def stop(self):
        stop(self.process)


class RabbitMQ:
    """One node with a port mapper (epmd) of its own, both started as our children."""

    def __init__(self, folder):
        folder = os.path.join(folder, "rabbitmq")
        os.mkdir(folder)
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}"
        plugins = os.path.join(folder, "enabled_plugins")
        with open(plugins, "w") as file:
            file.write("[].\n")
        epmd_port = str(free_port())
        environment = dict(
            os.environ, HOME=folder,
            RABBITMQ_NODENAME=f"cacheworker{os.getpid()}@localhost",
            RABBITMQ_NODE_IP_ADDRESS="127.0.0.1", RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_DIST_PORT=str(free_port()),
            RABBITMQ_MNESIA_BASE=os.path.join(folder, "mnesia"),
            RABBITMQ_LOG_BASE=os.path.join(folder, "log"),
            RABBITMQ_ENABLED_PLUGINS_FILE=plugins,
            ERL_EPMD_ADDRESS="127.0.0.1", ERL_EPMD_PORT=epmd_port)
        self.children = []
        try:
            with open(os.path.join(folder, "output.log"), "wb") as log:
                for command in [[self._epmd(), "-port", epmd_port], [self._server()]]:
                    self.children.append(subprocess.Popen(
                        command, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                        stderr=log, start_new_session=True))
            wait_until(self._answers, START_SECONDS, "the start of rabbitmq-server")
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def _server():
        """The plain script: the one in the path wants to be root or the user rabbitmq."""
        plain = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        found = plain if os.path.exists(plain) else shutil.which("rabbitmq-server")
        if not found:
            raise RuntimeError("rabbitmq-server is not installed")
        return found

    @staticmethod
    def _epmd():
        inside = sorted(glob.glob("/usr/lib/erlang/erts-*/bin/epmd"))
        found = shutil.which("epmd") or (inside[-1] if inside else None)
        if not found:
            raise RuntimeError("epmd, a part of Erlang, is not installed")
        return found

    def _answers(self):
        if self.children[-1].poll() is not None:
            raise RuntimeError(f"rabbitmq-server ended with {self.children[-1].returncode}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as probe:
                probe.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(probe.recv(1))
        except OSError:
            return False

    def stop(self):
        for child in reversed(self.children):
            stop_group(child)

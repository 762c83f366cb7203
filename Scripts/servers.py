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
CONTROL_SECONDS = 30
PATIENCE_SECONDS = 60
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
        self.socket.sendall(self._encoded(arguments))
        return self.reply()

    def pipeline(self, commands):
        """Sends all in one write; an error of one command stands in the place of its reply."""
        self.socket.sendall(b"".join(self._encoded(command) for command in commands))
        replies = []
        for _ in commands:
            try:
                replies.append(self.reply())
            except RuntimeError as error:
                replies.append(error)
        return replies

    @staticmethod
    def _encoded(arguments):
        parts = [argument if isinstance(argument, bytes) else
                 str(argument).encode(errors="surrogateescape") for argument in arguments]
        lines = [b"*%d" % len(parts)]
        for part in parts:
            lines += [b"$%d" % len(part), part]
        return b"\r\n".join(lines) + b"\r\n"

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
            text = self.reader.read(length + 2)
            if len(text) < length + 2:
                raise ConnectionError("Redis closed the connection")
            return text[:-2].decode(errors="surrogateescape")
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


class PatientRedis:
    """Insists: connects again when the connection fails, repeats what was not done."""

    def __init__(self, port):
        self.port = port
        self.connection = None
        self.repeated = 0   # commands that may have been done twice

    def command(self, *arguments):
        return self.pipeline([arguments])[0]

    def pipeline(self, commands):
        """The replies, when each command has one that is no error."""
        replies = [None] * len(commands)
        rest = list(range(len(commands)))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while rest:
            failure = self._attempt(commands, rest, replies)
            rest = [index for index in rest if isinstance(replies[index], RuntimeError)] \
                if failure is None else rest
            if not rest:
                break
            if time.monotonic() > deadline:
                raise failure or replies[rest[0]]
            time.sleep(POLL_SECONDS)
        return replies

    def _attempt(self, commands, rest, replies):
        """Sends those that are left; gives the error of a connection that failed."""
        try:
            if not self.connection:
                self.connection = RedisConnection(self.port)
            answers = self.connection.pipeline([commands[index] for index in rest])
        except OSError as error:
            if self.connection:
                self.connection.close()
                self.repeated += len(rest)
            self.connection = None
            return error
        for index, answer in zip(rest, answers):
            replies[index] = answer
        return None


class Redis:
    """One server, and one connection to it; it keeps nothing on disk unless it is durable."""

    def __init__(self, folder, is_durable=False, options=()):
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                        "--appendonly", "yes" if is_durable else "no", "--dir", folder, *options]
        self.start()

    def start(self):
        """Starts it, and waits until it answers; again after `kill`."""
        with open(os.path.join(self.folder, "redis.log"), "ab") as log:
            # In a session of its own: Ctrl-C is for its owner, who stops it last.
            self.process = subprocess.Popen(["redis-server", *self.options], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL,
                                            start_new_session=True)
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

    def kill(self):
        """Ends it at once, with no chance to tidy up."""
        self.process.kill()
        self.process.wait()

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
        self.node = f"cacheworker{os.getpid()}@localhost"
        self.environment = dict(
            os.environ, HOME=folder, RABBITMQ_NODENAME=self.node,
            RABBITMQ_NODE_IP_ADDRESS="127.0.0.1", RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_DIST_PORT=str(free_port()),
            RABBITMQ_MNESIA_BASE=os.path.join(folder, "mnesia"),
            RABBITMQ_LOG_BASE=os.path.join(folder, "log"),
            RABBITMQ_ENABLED_PLUGINS_FILE=plugins,
            ERL_EPMD_ADDRESS="127.0.0.1", ERL_EPMD_PORT=epmd_port)
        self.output = os.path.join(folder, "output.log")
        self.children = []
        try:
            self._begin(self._epmd(), "-port", epmd_port)
            self.start()
        except BaseException:
            self.stop()
            raise

    def start(self):
        """Starts the server, and waits until it answers; again after `kill`."""
        self._begin(self._script("rabbitmq-server"))
        wait_until(self._answers, START_SECONDS, "the start of rabbitmq-server")

    def kill(self):
        """Ends the server at once, with no chance to tidy up; the port mapper stays."""
        self.signal(signal.SIGKILL)
        self.children.pop().wait()

    def signal(self, number):
        """To the server and all that it has started."""
        os.killpg(self.children[-1].pid, number)

    def control(self, *arguments):
        """Runs a command of rabbitmqctl."""
        command = [self._script("rabbitmqctl"), "-n", self.node, *arguments]
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=CONTROL_SECONDS, check=False)
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {arguments[0]}: {done.stderr.decode().strip()}")

    def _begin(self, *command):
        with open(self.output, "ab") as log:
            self.children.append(subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True))

    @staticmethod
    def _script(name):
        """The plain one: that in the path wants to be root or the user rabbitmq."""
        plain = f"/usr/lib/rabbitmq/bin/{name}"
        found = plain if os.path.exists(plain) else shutil.which(name)
        if not found:
            raise RuntimeError(f"{name} is not installed")
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

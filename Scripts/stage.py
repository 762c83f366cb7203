"""Servers and workers of the demonstration, and how events get to them."""

import os
import subprocess

import samples
from amqp import AMQPConnection
from servers import RabbitMQ, Redis, stop, wait_until
from watch import CHANNEL, Watch, Worker

WORKERS = ("worker-1", "worker-2")
TRANSPORTS = ("amqp", "stream")
KINDS = ("invalidate", "warm", "cleanup", "task")
QUEUES = [f"cache.{kind}" for kind in KINDS]
STREAMS = [f"{{cw}}:jobs:{kind}" for kind in KINDS]

# A worker waits at the streams with a connection for each: invalidate and warm, cleanup, task.
LANES = 3

READY_SECONDS = 20
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


class Stage:
    def __init__(self, program, account, folder, stack):
        self.program = program
        self.account = account
        self.folder = folder
        self.stack = stack   # ends everything, the last thing started first
        self.watch = Watch(account)
        self.sent = dict.fromkeys(TRANSPORTS, 0)
        self.sender = None   # the publishing process, while there is one

    def start(self):
        self.account.text("  RabbitMQ takes some seconds to start …", "dim")
        self.redis = Redis(self.folder)
        self.stack.callback(self.redis.stop)
        self.rabbit = RabbitMQ(self.folder)
        self.stack.callback(self.rabbit.stop)
        self.account.text(f"  redis     {self.redis.url}")
        self.account.text(f"  rabbitmq  {self.rabbit.url}")
        # Nothing of the caller's own configuration of the program.
        self.environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.environment.update(REDIS_URL=self.redis.url, AMQP_URL=self.rabbit.url,
                                HTTP_LISTEN="off", LOG_FORMAT="json", LOG_LEVEL="debug")
        self.watch.follow(self.redis.port)
        self.stack.callback(self.watch.stop)
        self.stack.callback(lambda: self.sender and stop(self.sender))
        for name in WORKERS:
            worker = Worker(name, self.program, self.environment, self.folder, self.watch)
            self.stack.callback(worker.stop)
            self.watch.workers.append(worker)
        wait_until(self._workers_are_ready, READY_SECONDS, "the start of both workers")
        for key, value in samples.BEFORE.items():
            self.redis.command("SET", key, value, "EX", samples.LIFE_SECONDS)
        for tag, members in samples.TAGS.items():
            self.redis.command("SADD", tag, *members)
        self.account.text(f"  {len(samples.BEFORE)} keys and {len(samples.TAGS)} tags are set, "
                          "as config/samples/README.md wants them")

    def _workers_are_ready(self):
        """Both listen to the channel, wait at every stream and consume from every queue."""
        self.watch.raise_if_a_worker_failed()
        try:
            if self.redis.command("PUBSUB", "NUMSUB", CHANNEL)[1] != len(WORKERS) + 1:
                return False
            # An older Redis makes a consumer with its first job only, but it counts who waits.
            if f"blocked_clients:{len(WORKERS) * LANES}\r" not in self.redis.command("INFO", "clients"):
                return False
            with AMQPConnection(self.rabbit.port) as broker:
                return all(broker.queue(queue)[1] == len(WORKERS) for queue in QUEUES)
        except (RuntimeError, OSError):
            return False  # not declared yet

    def publish(self, transport, line):
        """Sends a good event by means of the program."""
        self.begin_publish(transport, line)
        self.end_publish()

    def begin_publish(self, transport, line):
        self.sent[transport] += 1
        self.sender = subprocess.Popen(
            [self.program, "publish", "--file", "-", "--to", transport], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            env={**self.environment, "LOG_LEVEL": "warning"})
        self.sender.stdin.write(line + b"\n")
        self.sender.stdin.close()

    def end_publish(self):
        with self.sender as sender:
            error = sender.stderr.read().decode(errors="replace").strip()
        self.sender = None
        if sender.returncode != 0:
            raise RuntimeError(f"cacheworker publish ended with {sender.returncode}: {error}")

    def send_raw(self, transport, kind, body):
        """Sends what `publish` would refuse, as a foreign producer would."""
        self.sent[transport] += 1
        if transport == "stream":
            self.redis.command("XADD", f"{{cw}}:jobs:{kind}", "*", "event", body)
        else:
            with AMQPConnection(self.rabbit.port) as broker:
                broker.publish("cache.jobs", f"{kind}.sample", body)

    def state(self, keep=()):
        """All keys and tags, without what the workers keep for themselves.

        What lives for a moment only is left out unless it is in `keep`.
        """
        keys = [key for key in self.redis.command("KEYS", "*")
                if not key.startswith("{cw}:") and (key not in samples.SHORT_LIVED or key in keep)]
        values = self.redis.command("MGET", *keys) if keys else []
        state = {}
        for key, value in zip(keys, values):
            if value is None and key.startswith("cw:tag:"):
                value = set(self.redis.command("SMEMBERS", key))
            if value:
                state[key] = value
        return state

    def all_are_settled(self):
        """Whether the workers have told of as many jobs as were sent."""
        return all(self.watch.settled(source) == self.sent[source] for source in TRANSPORTS)

    def dead_letters(self):
        """Of both transports: (transport, event, reason, error), the events as bytes."""
        letters = []
        for _, fields in self.redis.command("XRANGE", "{cw}:jobs:dead", "-", "+"):
            letter = dict(zip(fields[::2], fields[1::2]))
            event = letter["event"].encode(errors="surrogateescape")
            letters.append(("stream", event, letter["reason"], letter["error"]))
        with AMQPConnection(self.rabbit.port) as broker:
            for body, headers in broker.peek("cache.dead"):
                letters.append(("amqp", body, headers.get("reason"), headers.get("error")))
        return letters

    def messages_in_queues(self):
        """{queue: messages}, of those queues that are not empty."""
        with AMQPConnection(self.rabbit.port) as broker:
            counts = {queue: broker.queue(queue)[0] for queue in QUEUES}
        return {queue: count for queue, count in counts.items() if count}

    def stream_faults(self):
        """What is not as it should be when all is done: nothing left, and a lag that is known."""
        faults = []
        for stream in STREAMS:
            length = self.redis.command("XLEN", stream)
            if length:
                faults.append(f"{length} entries left in {stream}")
            for fields in self.redis.command("XINFO", "GROUPS", stream):
                group = dict(zip(fields[::2], fields[1::2]))
                if group["pending"] or group["lag"] != 0:
                    faults.append(f"{stream}: {group['pending']} pending, lag {group['lag']}")
        return faults

    def stop_workers(self):
        """Ends both and gives {worker: exit status}."""
        for worker in self.watch.workers:
            worker.begin_stop()
        return {worker.name: worker.stop() for worker in self.watch.workers}

"""Servers, workers behind a proxy, and publishers: what every kind of soak runs on."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import load
from amqp import AMQPConnection
from crew import Crew
from ledger import Journal
from proxy import Proxy
from servers import POLL_SECONDS, PatientRedis, RabbitMQ, Redis, wait_until
from stage import PASSED_ON, QUEUES, STREAMS
from watch import CHANNEL

READY_SECONDS = 20
STUCK_SECONDS = 20     # without any progress; jobs under these faults wait 5 s at most
DELAYED = "{cw}:jobs:delayed"
RETRY_QUEUES = [f"cache.retry.{step}" for step in ("1s", "5s", "30s", "5m", "1h")]
HERE = os.path.dirname(os.path.abspath(__file__))


class Publisher:
    """One publishing process, and how far it is."""

    def __init__(self, plan):
        self.transport = plan["transport"]
        self.count = 0
        self.again = 0
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "producer.py"), json.dumps(plan)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            progress = json.loads(line)
            self.count, self.again = progress["count"], progress["again"]

    @property
    def is_running(self):
        return self.process.poll() is None

    def finish(self):
        """Lets it end its block."""
        self.process.stdin.close()
        self.process.wait()
        self.reader.join()

    def stop(self):
        self.process.kill()
        self.process.wait()


class Trial:
    def __init__(self, options, folder, stack):
        self.options = options
        self.folder = folder
        self.stack = stack   # ends everything, the last thing started first
        self.begin = time.monotonic()
        self.publishers = []
        self.ready_at = None

    def tell(self, text):
        print(f"{time.monotonic() - self.begin:7.1f} s  {text}", flush=True)

    def age(self):
        """Seconds since the queues were declared."""
        return time.monotonic() - self.ready_at

    # Start

    def start(self, workers):
        self.tell("starting Redis and RabbitMQ")
        server = Redis(self.folder, is_durable=True)
        self.redis_server = server
        self.stack.callback(server.stop)
        # Stopped servers cannot be ended: they go on first.
        self.stack.callback(lambda: server.process.send_signal(signal.SIGCONT))
        self.redis = PatientRedis(server.port)
        self.rabbit = RabbitMQ(self.folder)
        self.stack.callback(self.rabbit.stop)
        self.stack.callback(lambda: self.rabbit.signal(signal.SIGCONT))
        slots = range(1, workers + 1)
        targets = {f"{slot}:{name}": port for slot in slots
                   for name, port in (("redis", server.port), ("amqp", self.rabbit.port))}
        self.links = sorted(targets)
        self.proxy = Proxy(targets)
        self.stack.callback(self.proxy.stop)
        ports = self.proxy.ports
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment.update(HTTP_LISTEN="off", LOG_FORMAT="json", LOG_LEVEL="info")
        self.crew = Crew(self.options.program, environment, self.folder, {
            slot: {"REDIS_URL": f"redis://127.0.0.1:{ports[f'{slot}:redis']}",
                   "AMQP_URL": f"amqp://guest:guest@127.0.0.1:{ports[f'{slot}:amqp']}"}
            for slot in slots})
        self.stack.callback(self.crew.stop)
        for slot in slots:
            self.crew.start(slot)
        wait_until(self._workers_are_ready, READY_SECONDS, "the start of the workers")
        self.ready_at = time.monotonic()
        self.journal = Journal(server.port)
        self.journal.start()
        self.tell(f"{workers} workers are ready; all runs in {self.folder}")

    def _workers_are_ready(self):
        """All listen to the channel, wait at the streams and consume from every queue."""
        if failures := self.crew.failures():
            raise RuntimeError("; ".join(failures))
        count = len(self.crew.members)
        try:
            with AMQPConnection(self.rabbit.port) as broker:
                return self.redis.command("PUBSUB", "NUMSUB", CHANNEL)[1] == count \
                    and self.redis.command("EXISTS", *STREAMS) == len(STREAMS) \
                    and all(broker.queue(queue)[1] == count for queue in QUEUES)
        except (RuntimeError, OSError):
            return False  # not declared yet

    def pause_redis(self, meanwhile):
        self.redis_server.process.send_signal(signal.SIGSTOP)
        meanwhile()
        time.sleep(1)
        self.redis_server.process.send_signal(signal.SIGCONT)

    # Load

    def publish(self, events, rate):
        """Begins; `events` and `rate` a second, None and 0 for without end and full speed."""
        for name in load.TRANSPORTS:
            plan = {"transport": name, "redis": self.redis.port, "amqp": self.rabbit.port,
                    "seed": self.options.seed, "events": events and events // 2,
                    "rate": rate // 2}
            self.publishers.append(Publisher(plan))
            self.stack.callback(self.publishers[-1].stop)

    def is_published(self):
        """Whether a publisher has ended: then there may be nothing to do for a worker."""
        return not all(publisher.is_running for publisher in self.publishers)

    def finish_publishing(self):
        """Lets the publishers end; those with a number of events have ended by then."""
        for publisher in self.publishers:
            publisher.finish()
            if publisher.process.returncode:
                raise RuntimeError(f"a publisher ended with {publisher.process.returncode}")

    def await_publishing(self):
        for publisher in self.publishers:
            publisher.process.wait()
        self.finish_publishing()

    def published(self):
        return {publisher.transport: publisher.count for publisher in self.publishers}

    # The end

    def backlog(self):
        """What is left, by name; nothing when all is done."""
        left = {}
        for stream in STREAMS:
            left[stream] = self.redis.command("XLEN", stream)
            for fields in self.redis.command("XINFO", "GROUPS", stream):
                group = dict(zip(fields[::2], fields[1::2]))
                left[f"{stream} pending"] = group["pending"]
                left[f"{stream} lag"] = -1 if group["lag"] is None else group["lag"]
        with AMQPConnection(self.rabbit.port) as broker:
            for queue in (*QUEUES, *RETRY_QUEUES):
                left[queue] = broker.queue(queue)[0]
        left[DELAYED] = self.redis.command("ZCARD", DELAYED)
        return {name: count for name, count in left.items() if count}

    def drain(self):
        """Waits until all is done; gives what is stuck."""
        last, changed = None, time.monotonic()
        while left := self.backlog():
            if left != last:
                last, changed = left, time.monotonic()
            elif time.monotonic() > changed + STUCK_SECONDS:
                return left
            time.sleep(POLL_SECONDS)
        return {}

    def end_workers(self):
        """Lets all drain; gives what the broker then has back."""
        self.crew.measure_all()
        for slot in self.crew.members:
            if not self.crew.members[slot].has_failed:
                self.crew.finish(slot)
        time.sleep(1)   # for the broker to notice, and to give back what was not acknowledged
        return self.backlog()

"""Watching two workers from outside: what they log, and the messages on `{cw}:coherence`."""

import json
import os
import subprocess
import threading

from samples import listed
from servers import RedisConnection

CHANNEL = "{cw}:coherence"
STOP_SECONDS = 30  # DRAIN_TIMEOUT of the worker and a little
CONTENT = ("k", "t", "p", "ns", "all")


def in_words(message):
    """What a coherence message names."""
    names = {"k": "key", "t": "tag", "p": "pattern", "ns": "namespace"}
    named = [listed(name, message[short]) for short, name in names.items() if short in message]
    return "; ".join(named + ["everything"] * ("all" in message))


def record_in_words(record):
    """A line of a worker's log, shorter."""
    kind = record.get("message")
    if kind == "worker started":
        return f"started; takes jobs from {record['sources'].replace(',', ' and ')}"
    if kind == "jobs settled":
        dead = f", {record['dead']} dead" if record["dead"] else ""
        return f"{record['source']}: {record['done']} done{dead}"
    if kind == "job is dead":
        return f"{record['source']}: dead letter, {record['reason']}: {record['error']}"
    if kind == "local copies dropped":
        copies = "copy" if str(record["entries"]) == "1" else "copies"
        return f"message {record['sequence']} heard, {record['entries']} own {copies} dropped"
    if kind == "local tier distrusted":
        if record["reason"] == "firstSubscription":
            return "hears the others; begins with no copies of its own"
        return f"trusts none of its own copies: {record['reason']}"
    if kind == "draining":
        return "finishes what it has begun"
    if kind == "worker stopped":
        return "stopped"
    fields = [f"{name} {value}" for name, value in record.items()
              if name not in ("time", "level", "message", "node")]
    return f"{kind}: {', '.join(fields)}" if fields else str(kind)


class Watch:
    """Everything seen so far, and a way to wait for more."""

    def __init__(self, account):
        self.account = account
        self.changed = threading.Condition()
        self.messages = []   # of the channel, without heartbeats: (as sent, as read)
        self.records = []    # of the logs: (worker, fields)
        self.workers = []
        self.is_live = False
        self.connection = None

    def follow(self, port):
        self.connection = RedisConnection(port, timeout=None)
        self.connection.command("SUBSCRIBE", CHANNEL)
        threading.Thread(target=self._read_channel, daemon=True).start()

    def stop(self):
        if self.connection:
            self.connection.close()

    def _read_channel(self):
        try:
            while True:
                text = self.connection.reply()[2]
                message = json.loads(text)
                if any(member in message for member in CONTENT):
                    self._take_message(text, message)
        except (OSError, ValueError):
            return  # closed by `stop`, or the server has ended

    def _take_message(self, text, message):
        if self.is_live:
            self.account.worker_line(message["n"], f"message {message['s']}: {in_words(message)}",
                                     has_time=True)
        with self.changed:
            self.messages.append((text, message))
            self.changed.notify_all()

    def take_record(self, worker, record):
        kind, level = record.get("message"), record.get("level")
        if self._is_told(kind, level, record):
            is_bad = level in ("warning", "error") and kind != "job is dead"
            self.account.worker_line(worker, record_in_words(record), has_time=self.is_live,
                                     colour="bad" if is_bad else "dim")
        with self.changed:
            self.records.append((worker, record))
            self.changed.notify_all()

    def _is_told(self, kind, level, record):
        """The rows of the tour tell of jobs themselves; a first connection is no news."""
        if level == "debug":
            return kind == "local copies dropped"
        if kind in ("jobs settled", "job is dead"):
            return self.is_live
        return 1 not in (record.get("generation"), record.get("connections"))

    def wait(self, condition, seconds):
        """Whether the condition came true in time; a worker that has ended is an error."""
        def is_over():
            return condition() or any(worker.has_failed for worker in self.workers)

        with self.changed:
            self.changed.wait_for(is_over, seconds)
        self.raise_if_a_worker_failed()
        return condition()

    def raise_if_a_worker_failed(self):
        for worker in self.workers:
            if worker.has_failed:
                raise RuntimeError(f"{worker.name} ended with {worker.process.returncode}")

    def records_of(self, kind, start=0):
        return [(worker, record) for worker, record in self.records[start:]
                if record.get("message") == kind]

    def settled(self, source):
        """How many jobs of a source all workers together said they have settled."""
        return sum(record["done"] + record["superseded"] + record["dead"]
                   for _, record in self.records_of("jobs settled") if record["source"] == source)


class Worker:
    """A worker process, its log kept in a file and told to the watch."""

    def __init__(self, name, program, environment, folder, watch):
        self.name = name
        self.watch = watch
        self.has_failed = False
        self.is_stopping = False
        self.log = os.path.join(folder, f"{name}.log")
        # In a session of its own: Ctrl-C is for the demonstration, which lets the worker drain.
        self.process = subprocess.Popen(
            [program, "run", "--roles", "worker"], env={**environment, "NODE_ID": name},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True)
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()

    def _read_log(self):
        with open(self.log, "wb") as log, self.process.stderr as lines:
            for line in lines:
                log.write(line)
                log.flush()
                try:
                    record = json.loads(line)
                except ValueError:
                    record = {"level": "error", "message": line.decode(errors="replace").strip()}
                self.watch.take_record(self.name, record)
        self.process.wait()
        with self.watch.changed:
            self.has_failed = not self.is_stopping
            self.watch.changed.notify_all()

    def begin_stop(self):
        """Lets it drain; a second signal would end it at once."""
        if not self.is_stopping and self.process.poll() is None:
            self.process.terminate()
        self.is_stopping = True

    def stop(self):
        """Waits for its end and gives its exit status."""
        self.begin_stop()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(1)
        return self.process.returncode

"""Follows every event from publishing to effect, and says what is missing."""

import collections
import json
import threading

import load
from amqp import AMQPConnection
from servers import PatientRedis

COUNTER, JOURNAL, EPOCH = "{cw}:seq", "{cw}:journal", "{cw}:epoch"
READ_COUNT = 1000
SCAN_COUNT = 1000
DEAD = "{cw}:jobs:dead"


class Journal:
    """Reads the coherence journal as it grows: each message, its number and its names."""

    def __init__(self, port):
        self.redis = PatientRedis(port)
        self.last = 0
        self.epochs = set()
        self.gaps = []
        self.unread = 0                       # trimmed before they were read here
        self.announced = collections.Counter()   # {event number: messages that name it}
        self.is_stopped = False
        self.thread = threading.Thread(target=self._follow, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        """Reads the rest first."""
        self.is_stopped = True
        self.thread.join(30)

    def _follow(self):
        while True:
            was_stopped = self.is_stopped
            entries = self._read()
            if was_stopped and not entries:
                return

    def _read(self):
        reply = self.redis.command("XREAD", "COUNT", READ_COUNT, "BLOCK", 200, "STREAMS", JOURNAL,
                                   f"{self.last}-{2 ** 64 - 1}")
        entries = reply[0][1] if reply else []
        for entry, fields in entries:
            self._take(entry, json.loads(fields[fields.index("m") + 1]))
        return entries

    def _take(self, entry, message):
        number = int(entry.partition("-")[0])
        if number != self.last + 1:
            first = self.redis.command("XRANGE", JOURNAL, "-", "+", "COUNT", 1)[0][0]
            if int(first.partition("-")[0]) > self.last + 1:
                self.unread += number - self.last - 1
            else:
                self.gaps.append(f"{number} follows {self.last}")
        if message["s"] != number:
            self.gaps.append(f"entry {entry} holds message {message['s']}")
        self.last = number
        self.epochs.add(message["e"])
        for name in message.get("k", []) + message.get("t", []) + message.get("ns", []):
            self._count(name)
        for name in message.get("p", []):
            self._count(name.removesuffix(":*"))

    def _count(self, name):
        number = load.number_in(name)
        if number is not None and name.count(":") <= 2:
            self.announced[number] += 1

    def faults(self):
        faults = list(self.gaps)
        if len(self.epochs) > 1:
            faults.append(f"{len(self.epochs)} epochs, where Redis never lost its data")
        if int(self.redis.command("GET", COUNTER) or 0) != self.last:
            faults.append(f"{COUNTER} is not {self.last}, the number of the last message")
        return faults


class Ledger:
    """What was published, and what became of it."""

    def __init__(self, seed, published, redis, rabbit):
        self.seed = seed
        self.published = published   # {transport: events}
        self.redis = redis
        self.rabbit = rabbit
        self.counts = collections.Counter()
        self.lost = []
        self.surplus = []            # dead letters that should not be
        self.letters = collections.Counter()

    def numbers(self):
        for offset, name in enumerate(load.TRANSPORTS):
            yield from range(offset, 2 * self.published[name], 2)

    def check(self, journal):
        """Looks at everything that is left."""
        self._look_at_keys()
        bad, warm = {}, []
        for number in self.numbers():
            kind = load.kind(self.seed, number)
            self.counts[kind] += 1
            if kind == "bad":
                bad[number] = load.bad_reason(number)
            elif kind == "warm":
                warm.append(number)
            if kind != "bad" and not journal.unread and not journal.announced[number]:
                self._lose(number, "was never announced")
        self._look_at_values(warm)
        self._look_at_letters(bad)

    def duplicates(self, journal):
        """{transport: [event]} of those whose one key was announced more than once."""
        found = {name: [] for name in load.TRANSPORTS}
        for number, count in journal.announced.items():
            if count > 1 and load.kind(self.seed, number) in (*load.SINGLE, "warm"):
                found[load.transport(number)].append(load.event_id(number))
        return found

    def _lose(self, number, why):
        self.lost.append(f"{load.event_id(number)} ({load.kind(self.seed, number)}, "
                         f"{load.transport(number)}) {why}")

    def _look_at_keys(self):
        """Nothing may be left of what events removed."""
        cursor = "0"
        while True:
            cursor, names = self.redis.command("SCAN", cursor, "COUNT", SCAN_COUNT)
            for name in names:
                parts = name.split(":")
                if parts[0] == load.MARK and parts[1] != "warm":
                    self._lose(int(parts[2]), f"left {name}")
                elif name.startswith(f"cw:tag:{load.MARK}-"):
                    self._lose(load.number_in(parts[2]), f"left {name}")
            if cursor == "0":
                return

    def _look_at_values(self, numbers):
        for start in range(0, len(numbers), SCAN_COUNT):
            part = numbers[start:start + SCAN_COUNT]
            values = self.redis.command("MGET", *(load.key("warm", number) for number in part))
            for number, value in zip(part, values):
                if value != load.value(number).encode().decode(errors="surrogateescape"):
                    self._lose(number, f"wrote {value!r}")

    def _look_at_letters(self, expected):
        for transport, text, reason in self._letters():
            number = load.number_of_body(text)
            if expected.get(number) != reason or load.transport(number) != transport:
                self.surplus.append(f"{transport}: {reason}: {text[:80]}")
            self.letters[number] += 1
        for number in expected:
            if not self.letters[number]:
                self._lose(number, "is in no dead letter")

    def _letters(self):
        for _, fields in self.redis.command("XRANGE", DEAD, "-", "+"):
            letter = dict(zip(fields[::2], fields[1::2]))
            yield "stream", letter["event"], letter["reason"]
        with AMQPConnection(self.rabbit.port) as broker:
            for body, headers in broker.peek("cache.dead"):
                yield "amqp", body.decode(errors="replace"), headers.get("reason")

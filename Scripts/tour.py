"""The tour: sample events, one at a time, each compared with what it should do."""

import json
import time

import samples
from account import clipped
from stage import TRANSPORTS, WORKERS
from watch import CHANNEL

EFFECT_SECONDS = 5       # for what one event does
POLL_SECONDS = 0.005
MOST_COPY_ROUNDS = 16    # until each worker was seen to drop a copy because of the other
MOST_WARMS = 8           # until each worker has done one of them
MOST_ERROR_COLUMNS = 110
MOST_FAILED_EVENTS = 3   # then the tour ends


class Tour:
    def __init__(self, stage):
        self.stage = stage
        self.watch = stage.watch
        self.account = stage.account
        self.good = []         # samples
        self.bad = []          # (sample, transport, worker)
        self.failures = []     # sentences
        self.dropped = set()   # workers seen to drop a copy because of another one

    def events(self):
        self.account.title("The sample events, one at a time, by turns over AMQP and stream")
        self.account.heading()
        for sample in samples.load():
            peers = self.bad if sample.is_bad else self.good
            transport = TRANSPORTS[len(peers) % len(TRANSPORTS)]
            if sample.is_bad:
                self._show_bad(sample, transport)
                continue
            self.good.append(sample)
            if sample.scopes or sample.keys:
                self._show_change(sample, transport)
            else:
                self._show_cleanup(sample, transport)

    def _fail(self, sample, transport, what):
        self.failures.append(f"{sample.name} over {transport}: {what}")
        self.account.row(transport, sample.name, "?", "", f"{sample.words()} → {what}", "bad")
        if len(self.failures) >= MOST_FAILED_EVENTS:
            raise RuntimeError(f"{MOST_FAILED_EVENTS} events have failed, the tour ends here")

    # Events that change keys

    def _show_change(self, sample, transport):
        effects = samples.EFFECTS[sample.name]
        first = len(self.watch.messages)
        expected = samples.applied(self.stage.state(), effects)
        self.stage.begin_publish(transport, sample.line)
        # Looked for while the sender still runs: one of the keys lives for half a second.
        seen = self._await_state(expected, effects)
        faults = self._life_faults(sample, effects)
        self.stage.end_publish()
        if seen != expected:
            differing = sorted(key for key in seen.keys() | expected.keys()
                               if seen.get(key) != expected.get(key))
            return self._fail(sample, transport, f"not as expected: {', '.join(differing)}")
        if faults:
            return self._fail(sample, transport, "; ".join(faults))
        if not self.watch.wait(lambda: self._is_announced(sample, first), EFFECT_SECONDS):
            return self._fail(sample, transport, f"not announced on {CHANNEL}")
        messages = [message for _, message in self.watch.messages[first:]]
        workers = sorted({message["n"] for message in messages})
        numbers = sorted({messages[0]["s"], messages[-1]["s"]})
        self.account.row(transport, sample.name, "+".join(workers), "-".join(map(str, numbers)),
                         f"{sample.words()} → {self._outcome(sample, effects)}")

    def _await_state(self, expected, effects):
        deadline = time.monotonic() + EFFECT_SECONDS
        while True:
            self.watch.raise_if_a_worker_failed()
            seen = self.stage.state(keep=effects)
            if seen == expected or time.monotonic() > deadline:
                return seen
            time.sleep(POLL_SECONDS)

    def _is_announced(self, sample, first):
        """A purge is told when it begins and when it ends; keys are told with their change."""
        messages = [message for _, message in self.watch.messages[first:]]
        told = {key for message in messages for key in message.get("k", [])}
        purges = [message for message in messages if sample.scopes
                  and all(message.get(name) == names for name, names in sample.scopes.items())]
        return told >= set(sample.keys) and len(purges) == (2 if sample.scopes else 0)

    def _life_faults(self, sample, effects):
        faults = []
        for entry in sample.data.get("entries", []):
            key, life = entry["key"], int(entry["ttl"] * 1000)
            if key in effects and key not in samples.SHORT_LIVED:
                left = self.stage.redis.command("PTTL", key)
                if not life - EFFECT_SECONDS * 1000 <= left <= life:
                    faults.append(f"{key} lives {left} ms, not {life}")
        return faults

    @staticmethod
    def _outcome(sample, effects):
        keys = [key for key in effects if not key.startswith("cw:tag:")]
        if sample.kind == "warm":
            kept = [key for key in sample.keys if key not in effects]
            if kept:
                return f"{', '.join(keys)} stored, {', '.join(kept)} stays"
            return "stored" + (" for half a second" if keys[0] in samples.SHORT_LIVED else "")
        return "gone" if keys == sample.keys else f"{', '.join(keys)} gone"

    # Events that name no keys, and bad ones

    def _show_cleanup(self, sample, transport):
        """Who did it is in the logs alone, so all earlier jobs must have been told of before."""
        effects = samples.EFFECTS[sample.name]
        expected = samples.applied(self.stage.state(), effects)
        self.watch.wait(self.stage.all_are_settled, EFFECT_SECONDS)
        start = len(self.watch.records)
        self.stage.publish(transport, sample.line)
        if not self.watch.wait(self.stage.all_are_settled, EFFECT_SECONDS):
            return self._fail(sample, transport, "not settled")
        if self.stage.state() != expected:
            return self._fail(sample, transport, "keys or tags are not as expected")
        worker = self.watch.records_of("jobs settled", start)[-1][0]
        outcome = "its member that has no key, and so the tag, gone" if effects else "done"
        self.account.row(transport, sample.name, worker, "-", f"{sample.words()} → {outcome}")

    def _show_bad(self, sample, transport):
        start = len(self.watch.records)
        before = self.stage.state()
        self.bad.append((sample, transport, "?"))
        self.stage.send_raw(transport, sample.kind, sample.line)
        if not self.watch.wait(lambda: self.watch.records_of("job is dead", start),
                               EFFECT_SECONDS):
            return self._fail(sample, transport, "no dead letter")
        worker, record = self.watch.records_of("job is dead", start)[0]
        self.bad[-1] = (sample, transport, worker)
        if self.stage.state() != before:
            return self._fail(sample, transport, "a dead letter, but keys have changed")
        error = clipped(record["error"], MOST_ERROR_COLUMNS)
        self.account.row(transport, sample.name, worker, "-",
                         f"dead letter, {record['reason']}: {error}", "dead")

    # Copies in the process

    def copies(self):
        """Warms keys over one transport until each worker keeps a copy of its own write, and
        invalidates them over the other: one worker does it, the other one must drop its copy.
        Again, until each has been seen to be the other one."""
        self.account.title("Copies in the process: warmed over AMQP, invalidated over the stream")
        self.account.heading()
        for number in range(1, MOST_COPY_ROUNDS + 1):
            if self.dropped == set(WORKERS):
                return
            self._show_copies(f"copy:{number}")

    def _show_copies(self, prefix):
        copies = {}   # holder: keys
        warmed = 0
        while copies.keys() != set(WORKERS) and warmed < MOST_WARMS:
            warmed += 1
            key = f"{prefix}:{warmed}"
            data = '{"entries":[{"key":"%s","value":true,"ttl":600}]}' % key
            holder, number = self._send_copies("amqp", "warm", data, [key])
            copies.setdefault(holder, []).append(key)
            self.account.row("amqp", f"warm {key}", holder, number, f"{holder} keeps a copy")
        keys = [key for held in copies.values() for key in held]
        start = len(self.watch.records)
        data = json.dumps({"keys": keys})
        doer, number = self._send_copies("stream", "invalidate", data, keys)
        faults = []
        if self.stage.redis.command("EXISTS", *keys):
            faults.append("not gone from Redis")
        others = [worker for worker in copies if worker != doer]
        for worker in others:
            if self.watch.wait(lambda: self._has_dropped(worker, number, start), EFFECT_SECONDS):
                self.dropped.add(worker)
            else:
                faults.append(f"{worker} did not drop its copy")
        text = "; ".join(faults) or "".join(
            [f"{warmed} keys gone"]
            + [f"; {worker} heard message {number} and has dropped its copy" for worker in others])
        self.failures += [f"{prefix}: {fault}" for fault in faults]
        self.account.row("stream", f"invalidate {prefix}:*", doer, number, text,
                         "bad" if faults else None)

    def _has_dropped(self, worker, number, start):
        return any(name == worker and str(record["sequence"]) == number for name, record
                   in self.watch.records_of("local copies dropped", start))

    def _send_copies(self, transport, kind, data, keys):
        """Sends, and gives worker and number of the message about the keys."""
        place = len(self.watch.messages)
        event = '{"type":"cache.%s","data":%s}' % (kind, data)
        self.stage.publish(transport, event.encode())
        if not self.watch.wait(lambda: len(self.watch.messages) > place, EFFECT_SECONDS):
            raise RuntimeError(f"{kind} of {keys} was not announced on {CHANNEL}")
        message = self.watch.messages[place][1]
        if sorted(message.get("k", [])) != sorted(keys):
            raise RuntimeError(f"the message about {keys} names {message.get('k')}")
        return message["n"], str(message["s"])

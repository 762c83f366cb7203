"""What must be true after the tour, checked from outside and told one by one."""

import collections
import json
import time

import samples
from servers import POLL_SECONDS
from stage import TRANSPORTS, WORKERS

TRIM_SECONDS = 5     # for an idle stream to be empty
SETTLE_SECONDS = 5   # for workers to tell of the last jobs, and brokers to count them
COUNTER, JOURNAL = "{cw}:seq", "{cw}:journal"
KEY_COLUMNS, VALUE_COLUMNS = 20, 24


class Verdict:
    def __init__(self, tour):
        self.tour = tour
        self.stage = tour.stage
        self.watch = tour.watch
        self.account = tour.account
        self.missing = 0
        self.letters = []
        self.state = {}

    @property
    def is_good(self):
        return self.missing == 0

    def check(self, text, faults):
        """One line of the verdict; met when there are no faults."""
        self.missing += bool(faults)
        self.account.check(not faults, text, faults)

    # Tables

    def tables(self):
        self.empty_after, self.stream_faults = self._await_empty_streams()
        self.watch.wait(self.stage.all_are_settled, SETTLE_SECONDS)
        self.state = self.stage.state(keep=samples.SHORT_LIVED)
        self.letters = self.stage.dead_letters()
        self._show_keys()
        self._show_letters()

    def _await_empty_streams(self):
        begin = time.monotonic()
        while True:
            faults = self.stage.stream_faults()
            passed = time.monotonic() - begin
            if not faults or passed > TRIM_SECONDS:
                return passed, faults
            time.sleep(POLL_SECONDS)

    def _show_keys(self):
        before, expected = {**samples.BEFORE, **samples.TAGS}, samples.after()
        names = dict.fromkeys([*before, *expected, *samples.SHORT_LIVED, *self.state])
        self.account.title("Keys and tags")
        rows = []
        for name in names:
            old, new = before.get(name), self.state.get(name)
            text = "gone" if new is None and old else "expired" if new is None else \
                "as before" if new == old else self._value(new)
            if new != expected.get(name):
                text += f"   ✗ expected {self._value(expected.get(name))}"
            rows.append((name, self._value(old), text))
        self.account.table(("key", "before", "after"), (KEY_COLUMNS, VALUE_COLUMNS), rows)

    @staticmethod
    def _value(value):
        if value is None:
            return "-"
        return f"tag of {', '.join(sorted(value))}" if isinstance(value, set) else value

    def _show_letters(self):
        self.account.title("Dead letters, as they stand in {cw}:jobs:dead and in cache.dead")
        known = {sample.line: (sample.name, worker) for sample, _, worker in self.tour.bad}
        rows = [(transport, *known.get(event, ("?", "?")), reason or "-", error or "-")
                for transport, event, reason, error in self.letters]
        self.account.table(("from", "event", "done by", "reason", "error"), (6, 17, 8, 13), rows)

    # Checks

    def checks(self):
        """All that can be seen while the workers run."""
        self.account.title("What was expected, and observed")
        good, bad = len(self.tour.good), len(self.tour.bad)
        expected = samples.after()
        self.check(f"each of {good} good events had its effect and was announced; none of {bad} "
                   "bad ones changed a key", self.tour.failures)
        self.check(f"{len(expected)} keys and tags are as config/samples/README.md says, and "
                   "there is no other",
                   sorted(f"{name}: {self._value(self.state.get(name))}"
                          for name in self.state.keys() | expected.keys()
                          if self.state.get(name) != expected.get(name)))
        self.check(f"each of {bad} bad events is a dead letter once, for the right reason",
                   self._letter_faults())
        jobs = " and ".join(f"{self.stage.sent[name]} from {name}" for name in TRANSPORTS)
        self.check(f"every job was settled once: {jobs}",
                   [f"{name}: {self.watch.settled(name)} settled, {self.stage.sent[name]} sent"
                    for name in TRANSPORTS
                    if self.watch.settled(name) != self.stage.sent[name]])
        self.check("each worker dropped its own copy when the other one invalidated the key",
                   [f"{name} was not seen to drop one"
                    for name in WORKERS if name not in self.tour.dropped])
        self.check(f"messages 1 to {len(self.watch.messages)} on {{cw}}:coherence: no gap, no "
                   "repetition, each the same in the journal", self._sequence_faults())
        self.check(f"streams trimmed to empty within {TRIM_SECONDS} s (here "
                   f"{self.empty_after:.1f} s), nothing pending, lag 0", self.stream_faults)

    def _letter_faults(self):
        faults = []
        found = collections.Counter((name, event) for name, event, _, _ in self.letters)
        reasons = {(name, event): reason for name, event, reason, _ in self.letters}
        for sample, transport, _ in self.tour.bad:
            letter = (transport, sample.line)
            if found[letter] != 1:
                faults.append(f"{sample.name}: {found[letter]} dead letters")
            elif reasons[letter] != samples.REASONS[sample.name]:
                faults.append(f"{sample.name}: {reasons[letter]} is not the reason "
                              f"{samples.REASONS[sample.name]}")
        unknown = len(self.letters) - sum(found[name, sample.line]
                                          for sample, name, _ in self.tour.bad)
        if unknown:
            faults.append(f"{unknown} dead letters of no bad event")
        return faults + [f"dead letter without an error: {event[:60]!r}"
                         for _, event, _, error in self.letters if not error]

    def _sequence_faults(self):
        faults = []
        numbers = [message["s"] for _, message in self.watch.messages]
        if numbers != list(range(1, len(numbers) + 1)):
            faults.append(f"heard {numbers}")
        counter = self.stage.redis.command("GET", COUNTER)
        if counter != str(len(numbers)):
            faults.append(f"{COUNTER} is {counter}")
        journal = [(entry, dict(zip(fields[::2], fields[1::2])).get("m"))
                   for entry, fields in self.stage.redis.command("XRANGE", JOURNAL, "-", "+")]
        if journal != [(f"{json.loads(text)['s']}-0", text) for text, _ in self.watch.messages]:
            faults.append(f"{JOURNAL} holds {len(journal)} entries that are not the messages")
        return faults

    def end(self):
        """Ends the workers; the broker gives back to the queues what they have not settled."""
        statuses = self.stage.stop_workers()
        self.check("both workers end with 0 on SIGTERM",
                   [f"{name} ended with {status}" for name, status in statuses.items() if status])
        deadline = time.monotonic() + SETTLE_SECONDS
        while (left := self.stage.messages_in_queues()) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        self.check("the queues of RabbitMQ are empty, and nothing came back to them",
                   [f"{count} messages in {queue}" for queue, count in left.items()])

"""The workers of a soak: their processes, what they log, and when each was last seen to work."""

import bisect
import collections
import os
import signal
import threading
import time

from watch import Worker

DRAIN_SECONDS = 25    # the worker's own limit
# What a job that is over can be, in the words of the log.
FINAL = ("done", "superseded", "dead")
# Said by healthy workers under faults; counted, because a change in them is worth a look.
COUNTED = {
    "no connection to Redis": None, "no connection to RabbitMQ": None,
    "coherence subscription lost": None, "local tier distrusted": None,
    "step failed, trying again": None, "jobs cannot be read": None,
    "batch not settled, it will come again": "jobs", "own jobs taken up again": "jobs",
    "jobs of dead consumers claimed": "jobs",
}


class Member(Worker):
    """A worker that can be stopped, killed and measured."""

    def __init__(self, slot, *arguments):
        self.slot = slot
        self.is_disturbed = False   # paused by us just now
        super().__init__(*arguments)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.is_stopping = True
        self.process.kill()
        self.process.wait()
        self.reader.join(1)

    def peak_memory(self):
        """MB of resident memory at most so far; None when it has ended."""
        try:
            with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        return int(line.split()[1]) / 1024
        except OSError:
            pass
        return None


class Crew:
    """A fixed number of places, each with a worker that may be replaced."""

    def __init__(self, program, environment, folder, links):
        self.program = program
        self.environment = environment
        self.folder = folder
        self.links = links   # {slot: {variable: address}}
        self.changed = threading.Condition()
        self.members = {}
        self.started = 0
        self.settled = collections.Counter()
        self.work = collections.defaultdict(list)   # {(worker, source): when it told of jobs}
        self.said = collections.Counter()
        self.errors = []
        self.peaks = []
        self.drains = []      # seconds of each drain

    # What the members' readers call

    def take_record(self, name, record):
        message = record.get("message")
        with self.changed:
            if message == "jobs settled":
                self.settled[record["source"]] += sum(record[word] for word in FINAL)
                self.work[name, record["source"]].append(time.monotonic())
            elif message in COUNTED:
                field = COUNTED[message]
                self.said[message] += record.get(field, 1) if field else 1
            elif record.get("level") == "error":
                self.errors.append(f"{name}: {record}")
            self.changed.notify_all()

    # Lives

    def start(self, slot, name=None):
        """Puts a new worker in a place, under a new name or an old one."""
        self.started += 1
        name = name or f"worker-{slot}-{self.started}"
        environment = {**self.environment, **self.links[slot]}
        self.members[slot] = Member(slot, name, self.program, environment, self.folder, self)
        return self.members[slot]

    def kill(self, slot):
        member = self.members[slot]
        self._measure(member)
        member.kill()
        return member

    def restart(self, slot, name=None):
        """Lets a worker drain and starts another one in its place."""
        self.finish(slot)
        return self.start(slot, name)

    def finish(self, slot):
        """Lets a worker drain; one that does not end well is an error."""
        member = self.members[slot]
        self._measure(member)
        begin = time.monotonic()
        status = member.stop()
        self.drains.append(time.monotonic() - begin)
        if status:
            self.errors.append(f"{member.name} ended with status {status} after SIGTERM")

    def stop(self):
        for member in self.members.values():
            if not member.is_stopping and member.process.poll() is None:
                member.signal(signal.SIGCONT)
                member.begin_stop()
        for member in self.members.values():
            member.stop()

    def failures(self):
        """What no fault of ours explains."""
        ended = [f"{member.name} ended by itself with {member.process.returncode}, see "
                 f"{member.log}" for member in self.members.values() if member.has_failed]
        return ended + self.errors

    def names(self):
        return [member.name for member in self.members.values()]

    def first_work(self, pair, since):
        """When a (worker, source) told of settled jobs for the first time since; None: not yet."""
        times = self.work[pair]
        place = bisect.bisect_right(times, since)
        return times[place] if place < len(times) else None

    def wait_for_work(self, pairs, since, seconds):
        """Waits until each (worker, source) has settled jobs since; gives who did not."""
        deadline = time.monotonic() + seconds
        with self.changed:
            def missing():
                return [pair for pair in pairs if self.first_work(pair, since) is None]
            self.changed.wait_for(lambda: not missing(), max(0, deadline - time.monotonic()))
            return missing()

    def _measure(self, member):
        peak = member.peak_memory()
        if peak:
            self.peaks.append((peak, member.name))

    def measure_all(self):
        for member in self.members.values():
            self._measure(member)

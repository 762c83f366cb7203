"""The faults of a soak, in an order that follows from the seed."""

import collections
import random
import signal
import time

PAUSE_SECONDS = (0.5, 3)       # between two faults
SHORT_PAUSE_SECONDS = (0.1, 0.8)
LOOK_SECONDS = 0.5             # for the end of publishing
PATIENCE_SECONDS = 15          # for a worker to go on after a fault
# A quorum queue that was declared just now is not yet safe from SIGKILL.
QUEUES_ARE_SAFE_SECONDS = 10
BOTH = ("stream", "amqp")


class Faults:
    """Deals one fault after the other and waits each time until all workers work again."""

    def __init__(self, trial, seed, is_short, only=None):
        """With `only`, the names of some kinds, no others are dealt."""
        self.trial = trial
        self.crew = trial.crew
        self.random = random.Random(seed)
        self.longest = 1.5 if is_short else 6
        self.pause = SHORT_PAUSE_SECONDS if is_short else PAUSE_SECONDS
        self.deck = []
        self.counts = collections.Counter()
        self.resumed = collections.defaultdict(list)   # {fault: [seconds]}
        self.wedged = []
        self.kinds = [
            self.kill_worker, self.pause_worker, self.restart_worker, self.kill_clients,
            self.kill_subscribers, self.close_broker_connections, self.pause_redis,
            self.fill_redis, self.kill_redis, self.pause_broker, self.kill_broker, self.stall_links,
            self.cut_links, self.slice_links, self.mute_links, self.pause_redis_and_kill_worker,
            self.kill_all_workers, self.kill_draining_worker, self.restart_stalled_worker,
            self.pause_broker_and_kill_worker,
        ]
        if only:
            self.kinds = [getattr(self, name.replace(" ", "_")) for name in only]

    def run(self, is_over):
        """Deals until `is_over()`, each kind once before any comes again."""
        while not is_over():
            time.sleep(self.random.uniform(*self.pause))
            if is_over():
                return
            self.strike(self.next())

    def next(self):
        if not self.deck:
            self.deck = list(self.kinds)
            self.random.shuffle(self.deck)
        fault = self.deck.pop()
        if fault == self.kill_broker and self.trial.age() < QUEUES_ARE_SAFE_SECONDS:
            self.deck.insert(0, fault)
            return self.next()
        return fault

    def strike(self, fault):
        """One fault with its end, and who was slow to go on."""
        name = fault.__name__.replace("_", " ")
        self.counts[name] += 1
        self.trial.tell(f"fault: {name}")
        sources = fault()
        end = time.monotonic()
        if not sources or self.trial.is_published():
            return
        pairs = [(worker, source) for worker in self.crew.names() for source in sources]
        missing = pairs
        while missing and not self.trial.is_published() \
                and time.monotonic() < end + PATIENCE_SECONDS:
            missing = self.crew.wait_for_work(pairs, end, LOOK_SECONDS)
        if self.trial.is_published():
            return  # there was not enough work left for all
        self.resumed[name] += [self.crew.first_work(pair, end) - end
                               for pair in pairs if pair not in missing]
        for worker, source in missing:
            self.wedged.append(f"{worker} settled nothing from {source} for {PATIENCE_SECONDS} s "
                               f"after: {name}")

    def _slot(self):
        return self.random.choice(sorted(self.crew.members))

    def _last(self, seconds, most=None):
        time.sleep(self.random.uniform(seconds, most or max(seconds, self.longest)))

    # Workers

    def kill_worker(self):
        slot = self._slot()
        member = self.crew.kill(slot)
        self.crew.start(slot, self.random.choice((None, member.name)))

    def pause_worker(self):
        member = self.crew.members[self._slot()]
        member.signal(signal.SIGSTOP)
        self._last(1)
        member.signal(signal.SIGCONT)
        return BOTH

    def restart_worker(self):
        slot = self._slot()
        name = self.crew.members[slot].name
        self.crew.restart(slot, self.random.choice((None, name)))

    def kill_all_workers(self):
        for slot in self.crew.members:
            self.crew.kill(slot)
        self._last(0.2, 1)
        for slot, member in list(self.crew.members.items()):
            self.crew.start(slot, self.random.choice((None, member.name)))
        return BOTH

    def kill_draining_worker(self):
        slot = self._slot()
        self.crew.members[slot].begin_stop()
        self._last(0.01, 0.5)
        self.crew.kill(slot)
        self.crew.start(slot)

    def restart_stalled_worker(self):
        """A worker that is told to end while its servers are out of reach."""
        slot = self._slot()
        links = [link for link in self.trial.links if link.startswith(f"{slot}:")]
        self.trial.proxy.set(links, "stall")
        self._last(0.1, 1)
        self.crew.members[slot].begin_stop()
        self._last(0.5)
        self.trial.proxy.set(links, "open")
        self.crew.restart(slot)

    # Connections

    def kill_clients(self):
        self.trial.redis.command("CLIENT", "KILL", "TYPE", "normal")
        return ("stream",)

    def kill_subscribers(self):
        self.trial.redis.command("CLIENT", "KILL", "TYPE", "pubsub")
        return ("stream",)

    def close_broker_connections(self):
        self.trial.rabbit.control("close_all_connections", "soak")
        return ("amqp",)

    def stall_links(self):
        return self._disturb("stall", 0.5)

    def cut_links(self):
        return self._disturb("cut", 0.2)

    def slice_links(self):
        return self._disturb("slice", 0.5, 2)

    def mute_links(self):
        return self._disturb("mute", 0.5)

    def _disturb(self, mode, least, most=None):
        """The links of some workers to some servers."""
        links = self.random.sample(self.trial.links, self.random.randint(1, 4))
        self.trial.proxy.set(links, mode)
        self._last(least, most)
        self.trial.proxy.set(links, "open")
        return BOTH

    # Servers

    def pause_redis(self):
        self.trial.pause_redis(lambda: self._last(1, min(3, self.longest)))
        return BOTH

    def pause_redis_and_kill_worker(self):
        self.trial.pause_redis(self.kill_worker)

    def kill_redis(self):
        """What it has answered it has written down, so nothing may be lost."""
        self.trial.redis_server.kill()
        self.trial.redis_server.start()
        return BOTH

    def fill_redis(self):
        """Refuses every command that takes memory."""
        self.trial.redis.command("CONFIG", "SET", "maxmemory", "1mb")
        time.sleep(2)
        self.trial.redis.command("CONFIG", "SET", "maxmemory", "0")
        return BOTH

    def pause_broker(self):
        self.trial.rabbit.signal(signal.SIGSTOP)
        self._last(1, self.longest + self.longest / 3)
        self.trial.rabbit.signal(signal.SIGCONT)
        return ("amqp",)

    def pause_broker_and_kill_worker(self):
        self.trial.rabbit.signal(signal.SIGSTOP)
        self.kill_worker()
        self._last(0.5)
        self.trial.rabbit.signal(signal.SIGCONT)

    def kill_broker(self):
        self.trial.rabbit.kill()
        self.trial.rabbit.start()
        return ("amqp",)

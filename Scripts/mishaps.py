"""What happens to nodes that cache, to their links and to Redis, as drawn by a seed."""

import collections
import random
import signal
import threading
import time

from nodes import LINKS, monotonic_ns
from tandem import command, facts

COUNTER, EPOCH, JOURNAL, CHANNEL = "{cw}:seq", "{cw}:epoch", "{cw}:journal", "{cw}:coherence"
# As a node does it: the last place, to everyone.
GHOST = """local s = redis.call('GET', KEYS[1]) or '0'
local e = redis.call('GET', KEYS[2]) or ''
redis.call('PUBLISH', ARGV[1], '{"s":' .. s .. ',"e":"' .. e .. '","n":"ghost","x":"'
  .. string.rep('x', tonumber(ARGV[2])) .. '"}')
return 1"""
FLOOD_BYTES, FLOOD_MESSAGES = 256_000, 50
FILLERS, FILLER_BYTES, FILLER_MS = 300, 4000, 3000


KINDS = (
    "stall link", "deafen link", "silence link", "delay link", "lose messages", "leak messages",
    "cut link", "slice link", "half open link", "cut off node", "deafen all", "pause node",
    "kill node", "pause redis", "kill redis empty", "kill redis old file", "fail over",
    "fail over with lost tail", "listen to old server", "flush", "delete journal",
    "delete counter", "delete epoch", "trim journal", "evict", "fill", "overflow subscriber",
    "kill clients", "kill subscribers",
)


class Deck:
    """Deals each kind once before any comes again, in an order that follows from the seed."""

    def __init__(self, seed, only=None):
        self.random = random.Random(seed)
        self.kinds = only or KINDS
        self.rest = []

    def deal(self):
        if not self.rest:
            self.rest = list(self.kinds)
            self.random.shuffle(self.rest)
        return self.rest.pop()


class Mishaps:
    """Lets them happen to a trial, one after the other or two at once."""

    def __init__(self, trial, deck):
        self.trial = trial
        self.proxy = trial.proxy
        self.nodes = trial.nodes
        self.deck = deck
        self.random = deck.random
        self.counts = collections.Counter()
        self.history = []     # (begin, end, name)
        self.lease = trial.timing["lease"]
        self.canary = trial.timing["canary"]

    def run(self, is_over):
        while not is_over():
            self.strike(self.deck.deal())
            time.sleep(self.random.uniform(0.05, 0.5))

    def strike(self, name):
        mishap = getattr(self, name.replace(" ", "_"))
        self.counts[name] += 1
        begin = monotonic_ns()
        # Often two at once: what one thing mends another one may need.
        beside = None
        if self.random.random() < 0.3:
            slot, link = self._slot(), self.random.choice(LINKS)
            mode, seconds = self.random.choice(("deaf", "leak", "delay", "stall")), self._time()
            name += f", beside it {slot}:{link} {mode}"
            beside = threading.Thread(target=self._disturb,
                                      args=([f"{slot}:{link}"], mode, seconds))
            beside.start()
        self.trial.tell(name)
        detail = mishap()
        if beside:
            beside.join()
        self.history.append((begin, monotonic_ns(), f"{name} {detail or ''}".strip()))

    def at(self, time_ns):
        """What was going on at that moment, for people."""
        reach = int(2 * (self.lease + self.canary) * 1e9)
        return [f"{name} ({(time_ns - begin) / 1e9:.2f} s after its begin)"
                for begin, end, name in self.history if begin <= time_ns <= end + reach]

    def _slot(self):
        return self.random.choice(self.nodes.slots)

    def _time(self):
        """Less than a lease, or more."""
        return self.lease * self.random.choice((0.2, 0.7, 1.3, 2.5))

    def _server(self):
        return self.random.choice(self.trial.servers)

    # Links

    def _disturb(self, links, mode, seconds):
        self.proxy.set(links, mode)
        time.sleep(seconds)
        self.proxy.set(links, "open")

    def _one_link(self, mode, names=LINKS):
        slot, link, seconds = self._slot(), self.random.choice(names), self._time()
        self._disturb([f"{slot}:{link}"], mode, seconds)
        return f"{slot}:{link} {seconds:.1f} s"

    def stall_link(self):
        return self._one_link("stall")

    def deafen_link(self):
        return self._one_link("deaf")

    def silence_link(self):
        return self._one_link("dumb")

    def delay_link(self):
        return self._one_link("delay")

    def lose_messages(self):
        return self._one_link("lose", ("ear",))

    def leak_messages(self):
        return self._one_link("leak", ("ear",))

    def cut_link(self):
        return self._one_link("cut")

    def slice_link(self):
        return self._one_link("slice")

    def half_open_link(self):
        return self._one_link("mute")

    def cut_off_node(self):
        slot, mode = self._slot(), self.random.choice(("stall", "cut", "mute"))
        self._disturb([f"{slot}:{link}" for link in LINKS], mode, self._time())
        return f"{slot} {mode}"

    def deafen_all(self):
        mode = self.random.choice(("deaf", "lose", "delay"))
        self._disturb([f"{slot}:ear" for slot in self.nodes.slots], mode, self._time())
        return mode

    # Nodes

    def pause_node(self):
        slot = self._slot()
        self.nodes.signal(slot, signal.SIGSTOP)
        time.sleep(self._time())
        self.nodes.signal(slot, signal.SIGCONT)

    def kill_node(self):
        slot = self._slot()
        self.nodes.kill(slot)
        time.sleep(self.random.uniform(0, 0.3))
        self.nodes.start(slot)

    # Redis

    def pause_redis(self):
        server = self._server()
        server.pause(True)
        time.sleep(self._time())
        server.pause(False)
        return server.name

    def kill_redis_empty(self):
        server = self._server()
        server.kill()
        time.sleep(self.random.uniform(0, self.lease))
        server.start_empty()
        return server.name

    def kill_redis_old_file(self):
        server = self._server()
        server.save()
        time.sleep(self.random.uniform(0.1, self.lease))
        server.kill()
        server.start_from_saved()
        return server.name

    def fail_over(self):
        return self._fail_over(self._server(), loses=False)

    def fail_over_with_lost_tail(self):
        return self._fail_over(self._server(), loses=True)

    def _fail_over(self, server, loses):
        links = self.trial.links_to(server)
        server.await_sync()
        if loses:
            self.proxy.set([server.link], "stall")
            time.sleep(self.random.uniform(0.05, self.lease))
        self.proxy.set(links, "cut")
        if not loses:
            server.await_sync()
        self.trial.leave(server)
        # A link that was stalled may still hold what was written: it must not arrive now.
        self.proxy.set([server.link], "cut")
        server.promote()
        self.proxy.turn(links, server.port)
        self.trial.meet(server)
        self.proxy.set(links, "open")
        self._bring_back(server)
        return server.name

    def _bring_back(self, server):
        self.proxy.set([server.link], "open")
        server.demote()

    def listen_to_old_server(self):
        """One node goes on hearing the old server, where others still send signs of life."""
        server, slot = self.trial.log, self._slot()
        ear = f"{slot}:ear"
        links = [link for link in self.trial.links_to(server) if link != ear]
        server.await_sync()
        self.proxy.set([server.link], "stall")
        time.sleep(self.random.uniform(0.05, 0.3))
        begin = monotonic_ns()
        self.proxy.set(links, "cut")
        self.trial.leave(server)
        self.proxy.set([server.link], "cut")
        old = server.promote()
        self.proxy.turn(links, server.port)
        self.trial.meet(server)
        self.proxy.set(links, "open")
        bound = self.lease + self.canary
        end = time.monotonic() + bound * 1.5
        self.trial.allow(slot, begin, bound * 3, bound)
        while time.monotonic() < end:
            command(old, "EVAL", GHOST, 2, COUNTER, EPOCH, CHANNEL, 0)
            time.sleep(0.1)
        self.proxy.turn([ear], server.port)
        self._bring_back(server)
        return f"{slot}"

    def flush(self):
        server = self._server()
        server.command("FLUSHALL")
        return server.name

    def delete_journal(self):
        self.trial.log.command("DEL", JOURNAL)

    def delete_counter(self):
        self.trial.log.command("DEL", COUNTER)

    def delete_epoch(self):
        self.trial.log.command("DEL", EPOCH)

    def trim_journal(self):
        slot, seconds = self._slot(), self.lease * 0.7
        self.proxy.set([f"{slot}:ear"], "cut")
        time.sleep(seconds)
        self.trial.log.command("XTRIM", JOURNAL, "MAXLEN", self.random.choice((0, 1, 10)))
        self.proxy.set([f"{slot}:ear"], "open")
        return f"{slot}"

    def evict(self):
        """Pressure under which Redis throws out cached values, and nothing else."""
        server = self.trial.data
        self.trial.judge.tell("evicting", "on")
        used = facts(server.server, "memory")["used_memory"]
        server.command("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
        server.command("CONFIG", "SET", "maxmemory", used)
        for number in range(FILLERS):
            try:
                server.command("SET", f"filler:{number}", "x" * FILLER_BYTES, "PX", FILLER_MS)
            except RuntimeError:
                break  # nothing is left to throw out
        server.command("CONFIG", "SET", "maxmemory", 0)
        # He must have seen what is gone before he is told that nothing goes any more.
        self.trial.judge.await_looks(2)
        self.trial.judge.tell("evicting", "off")

    def fill(self):
        """Writes are refused, removals are not."""
        server = self._server()
        server.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        server.command("CONFIG", "SET", "maxmemory", 1)
        time.sleep(self._time())
        server.command("CONFIG", "SET", "maxmemory", 0)
        return server.name

    def overflow_subscriber(self):
        """A node that does not listen, until Redis gives it up."""
        slot = self._slot()
        log = self.trial.log
        log.command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0")
        self.nodes.signal(slot, signal.SIGSTOP)
        self.proxy.set([f"{slot}:ear"], "deaf")
        for _ in range(FLOOD_MESSAGES):
            log.command("EVAL", GHOST, 2, COUNTER, EPOCH, CHANNEL, FLOOD_BYTES)
        self.nodes.signal(slot, signal.SIGCONT)
        self.proxy.set([f"{slot}:ear"], "open")
        log.command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60")
        return f"{slot}"

    def kill_clients(self):
        self._server().command("CLIENT", "KILL", "TYPE", "normal")

    def kill_subscribers(self):
        self.trial.log.command("CLIENT", "KILL", "TYPE", "pubsub")

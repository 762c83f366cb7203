"""Many reconnects of one worker in a row, each timed by a job that waits for the link's return."""

import collections
import time

import load
from amqp import AMQPConnection
from servers import RedisConnection

MODES = ("cut", "mute", "stall")
LIMIT_SECONDS = 2
STUCK_SECONDS = 30
POLL_SECONDS = 0.002
# Long enough for one, too short for all of the worker's own watches; each tenth outlasts most.
SHORT_SECONDS, LONG_SECONDS = (0.05, 1), 7


class Reconnects:
    def __init__(self, trial, random):
        self.trial = trial
        self.random = random
        self.times = collections.defaultdict(list)   # {(mode, transport): [seconds]}
        self.late = []
        self.stuck = []
        self.redis = RedisConnection(trial.redis.port)

    def run(self, count):
        for number in range(count):
            mode = MODES[number % len(MODES)]
            is_long = number // len(MODES) % 10 == 9
            pause = LONG_SECONDS if is_long else self.random.uniform(*SHORT_SECONDS)
            self._reconnect(number, mode, pause)
            if self.stuck:
                return
            if (number + 1) % 30 == 0:
                self.trial.tell(f"{number + 1} reconnects, {len(self.late)} late")

    def _reconnect(self, number, mode, pause):
        self.trial.proxy.set(self.trial.links, mode)
        time.sleep(pause)
        waiting = {name: self._send(name, number) for name in load.TRANSPORTS}
        self.trial.proxy.set(self.trial.links, "open")
        begin = time.monotonic()
        while waiting:
            for name, key in list(waiting.items()):
                if not self.redis.command("EXISTS", key):
                    self._take(number, mode, pause, name, time.monotonic() - begin)
                    del waiting[name]
            if time.monotonic() > begin + STUCK_SECONDS:
                self.stuck += [f"reconnect {number} ({mode} for {pause:.2f} s): nothing from "
                               f"{name} within {STUCK_SECONDS} s" for name in waiting]
                return
            time.sleep(POLL_SECONDS)

    def _take(self, number, mode, pause, name, seconds):
        self.times[mode, name].append(seconds)
        if seconds > LIMIT_SECONDS:
            self.late.append(f"reconnect {number} ({mode} for {pause:.2f} s): {name} "
                             f"{seconds:.2f} s")

    def _send(self, name, number):
        """A job whose effect shows that the worker is back, past the proxy."""
        key = f"probe:{name}:{number}"
        body = load.envelope(number, "cache.invalidate", f'"keys":["{key}"]')
        self.redis.command("SET", key, "old", "EX", load.LIFE_SECONDS)
        if name == "stream":
            self.redis.command("XADD", "{cw}:jobs:invalidate", "*", "event", body)
        else:
            with AMQPConnection(self.trial.rabbit.port) as broker:
                broker.publish("cache.jobs", "invalidate.probe", body)
        return key

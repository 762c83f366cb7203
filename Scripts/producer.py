"""One publisher of a soak, a process of its own: sets keys and publishes what removes them.

What it could not be sure of it publishes again: an event may come twice, none is left out.
Started with its plan in JSON; ends after the plan's last event, or when standard input ends.
Each line of its output says how far it is.
"""

import json
import os
import select
import sys
import time

import load
from amqp import AMQPConnection
from servers import PatientRedis

BLOCK = 500              # events that are made and published together
BACKLOG = 50_000         # unread events at which it waits for the workers
PAUSE_SECONDS = 0.05
QUEUES = ("cache.invalidate", "cache.warm")


class StreamSink:
    def __init__(self, plan, redis):
        self.redis = redis
        self.again = 0

    def backlog(self):
        return sum(self.redis.command("XLEN", f"{{cw}}:jobs:{kind}")
                   for kind in ("invalidate", "warm"))

    def publish(self, events):
        before = self.redis.repeated
        self.redis.pipeline([("XADD", f"{{cw}}:jobs:{route}", "*", "event", body)
                             for route, body in events])
        self.again += self.redis.repeated - before


class AMQPSink:
    def __init__(self, plan, _):
        self.port = plan["amqp"]
        self.connection = None
        self.again = 0

    def backlog(self):
        return self._insist(lambda broker: sum(broker.queue(name)[0] for name in QUEUES))

    def publish(self, events):
        messages = [(f"{route}.{load.MARK}", body) for route, body in events]
        while messages:
            refused = self._insist(
                lambda broker: broker.publish_all("cache.jobs", messages), len(messages))
            messages = [messages[index] for index in refused]
            self.again += len(messages)

    def _insist(self, action, repeated=0):
        """Does it on a new connection when the old one fails."""
        while True:
            try:
                if not self.connection:
                    self.connection = AMQPConnection(self.port)
                return action(self.connection)
            except (OSError, RuntimeError):
                if self.connection:
                    self.connection.socket.close()
                    self.again += repeated
                self.connection = None
                time.sleep(PAUSE_SECONDS)


def is_stopped():
    """The owner closes our standard input to stop us; its end does so too."""
    return bool(select.select([sys.stdin], [], [], 0)[0]) and not os.read(0, 1)


def publish(plan):
    redis = PatientRedis(plan["redis"])
    sink = (StreamSink if plan["transport"] == "stream" else AMQPSink)(plan, redis)
    begin = time.monotonic()
    count = 0
    block = min(BLOCK, max(1, plan["rate"] // 10)) if plan["rate"] else BLOCK
    number = load.TRANSPORTS.index(plan["transport"])
    while (plan["events"] is None or count < plan["events"]) and not is_stopped():
        size = min(block, plan["events"] - count) if plan["events"] else block
        kinds = [(load.kind(plan["seed"], n), n)
                 for n in range(number, number + 2 * size, 2)]
        redis.pipeline([command for name, n in kinds for command in load.before(name, n)])
        sink.publish([(load.route(name), load.body(name, n)) for name, n in kinds])
        number += 2 * size
        count += size
        print(json.dumps({"count": count, "again": sink.again}), flush=True)
        while sink.backlog() > BACKLOG and not is_stopped():
            time.sleep(PAUSE_SECONDS)
        if plan["rate"]:
            time.sleep(max(0, begin + count / plan["rate"] - time.monotonic()))


if __name__ == "__main__":
    publish(json.loads(sys.argv[1]))

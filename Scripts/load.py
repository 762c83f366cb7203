"""The events of a soak: what number N is, what it needs before, and what must be true after.

All of it follows from the seed and the number, so nobody has to remember a million events.
"""

import datetime
import zlib

TRANSPORTS = ("stream", "amqp")
LIFE_SECONDS = 7200
# Of 100,000 events, so many are of each kind; the rest removes one key.
SHARES = {"bad": 200, "pattern": 20, "namespace": 20, "tag": 800, "warm": 8000,
          "later": 2000}
REST = "keys"
SINGLE = (REST, "later")   # remove one key, at once or when their time has come
LATER_SECONDS = 4   # at most
GROUP = 3   # keys behind one tag, pattern or namespace
MARK = "soak"

REASONS = ("not-json", "unknown-type", "schema", "duplicate-key")


def transport(number):
    """Numbers take turns, so that each transport has its own."""
    return TRANSPORTS[number % len(TRANSPORTS)]


def kind(seed, number):
    draw = zlib.crc32(b"%d:%d" % (seed, number)) % 100_000
    for name, share in SHARES.items():
        if draw < share:
            return name
        draw -= share
    return REST


def event_id(number):
    return f"{MARK}-{number}"


def number_in(text):
    """The number at the end of a name of ours; None for a name of somebody else."""
    head, _, tail = text.rpartition("-" if text.startswith(f"{MARK}-") else ":")
    return int(tail) if head.startswith(MARK) and tail.isdigit() else None


def group(name, number):
    """The keys behind one tag, pattern or namespace."""
    return [f"{MARK}:{name}:{number}:{item}" for item in range(GROUP)]


def key(name, number):
    return f"{MARK}:{name}:{number}"


def before(name, number):
    """The commands that set what the event will remove."""
    if name in SINGLE:
        return [("SET", key(name, number), "old", "EX", LIFE_SECONDS)]
    if name not in ("tag", "pattern", "namespace"):
        return []
    keys = group(name, number)
    commands = [("SET", item, "old", "EX", LIFE_SECONDS) for item in keys]
    if name == "tag":
        commands.append(("SADD", f"cw:tag:{MARK}-{number}", *keys))
    return commands


def value(number):
    """What a warming writes."""
    return f'{{"number":{number},"text":"✓ {number * 7919}"}}'


def body(name, number):
    """The event as it is sent."""
    if name == "bad":
        return bad_body(number)
    if name == "warm":
        data = f'"entries":[{{"key":"{key(name, number)}","value":{value(number)},"ttl":7200}}]'
        return envelope(number, "cache.warm", data)
    data = {
        "tag": f'"tags":["{MARK}-{number}"]',
        "pattern": f'"patterns":["{key(name, number)}:*"]',
        "namespace": f'"namespaces":["{key(name, number)}"]',
    }.get(name, f'"keys":["{key(name, number)}"]')
    more = f'"notbefore":"{due(number)}",' if name == "later" else ""
    return envelope(number, "cache.invalidate", data, more)


def due(number):
    """A moment after now."""
    pause = datetime.timedelta(milliseconds=number % (LATER_SECONDS * 1000))
    return (datetime.datetime.now(datetime.UTC) + pause).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def envelope(number, kind_of_event, data, more=""):
    return (f'{{"specversion":"1.0","id":"{event_id(number)}","source":"/{MARK}",{more}'
            f'"type":"{kind_of_event}","data":{{{data}}}}}').encode()


def bad_reason(number):
    return REASONS[number // len(TRANSPORTS) % len(REASONS)]


def bad_body(number):
    reason = bad_reason(number)
    if reason == "not-json":
        return envelope(number, "cache.invalidate", '"keys":["a"]')[:-1]
    if reason == "unknown-type":
        return envelope(number, "cache.forget", '"keys":["a"]')
    if reason == "schema":
        return envelope(number, "cache.invalidate", '"keys":[]')
    return envelope(number, "cache.invalidate", '"keys":["a"],"keys":["b"]')


def number_of_body(text):
    """Which event a dead letter is; None for one that nobody here has sent."""
    _, _, rest = text.partition('"id":"')
    return number_in(rest.partition('"')[0])


def route(name):
    """The job kind whose stream and queue an event goes to."""
    return "warm" if name == "warm" else "invalidate"

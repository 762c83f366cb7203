"""What config/samples needs before, and what each of its events does: README.md there as data."""

import json
import os
import re

FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                    "config", "samples", "events.ndjson")
LIFE_SECONDS = 3600  # of the keys that exist before

BEFORE = {
    "app:user:1": '{"name":"Ada"}', "app:user:2": '{"name":"Grace"}',
    "app:profile:2": '{"city":"Arlington"}', "app:user:3": '{"name":"Edsger"}',
    "app:user:4": '{"name":"Barbara"}', "app:profile:4": '{"city":"Los Angeles"}',
    "app:user:16": '{"name":"Tony"}', "app:straße:ß": '"Fuß"', "app:名前:1": '"名前"',
    "app:list:users": "[1,2,3,4]", "app:list:orders": "[9]", "app:page:1": '"page 1"',
    "app:page:10": '"page 10"', "app:search:dune": "[7]", "app:search:zen": "[8]",
    "app:keep:1": '"keep"', "app:keep:2": '"keep"',
    "shop:cart:9": '{"items":2}', "shop:cart:9:sum": "24.90", "shop:quote:9:1": "12.45",
    "shop:draft:1": '"draft"', "shop:item:1": '{"price":5}', "shop:item:2": '{"stock":3}',
    "session:alice": '"s1"', "session:bob:cart": '"s2"', "sessions": '"a near miss"',
    "warm:kept": '"old"',
}
TAGS = {
    "cw:tag:user:4": {"app:user:4", "app:profile:4"}, "cw:tag:price": {"shop:item:1"},
    "cw:tag:stock": {"shop:item:2"}, "cw:tag:cart:9": {"shop:cart:9:sum"},
    "cw:tag:orphan": {"app:gone:1"},
}


def gone(*keys):
    return dict.fromkeys(keys)


# Of each good event: the keys that change and what they are then; None is gone.
EFFECTS = {
    "sample-01": gone("app:user:1"),
    "sample-02": gone("app:user:2", "app:profile:2"),
    "sample-03": gone("app:user:3"),
    "sample-04": gone("app:user:4", "app:profile:4", "cw:tag:user:4"),
    "sample-05": gone("shop:item:1", "shop:item:2", "cw:tag:price", "cw:tag:stock"),
    "sample-06": gone("app:list:users", "app:list:orders"),
    "sample-07": gone("app:page:1", "app:search:dune"),
    "sample-08": gone("session:alice", "session:bob:cart"),
    "sample-09": gone("shop:cart:9", "shop:cart:9:sum", "shop:quote:9:1", "shop:draft:1",
                      "cw:tag:cart:9"),
    "sample-10": gone("app:straße:ß", "app:名前:1"),
    "sample-11": {"warm:user:1": '{"id":1,"name":"Ada","roles":["admin","author"]}'},
    "sample-12": {"warm:user:2": '{"id":2,"name":"Grace"}',
                  "warm:user:3": '{"id":3,"name":"Edsger"}',
                  "cw:tag:warm-user:2": {"warm:user:2"}, "cw:tag:team:navy": {"warm:user:2"},
                  "cw:tag:warm-user:3": {"warm:user:3"}},
    "sample-13": {"warm:fresh": '"new"'},
    "sample-14": {"warm:number": "12.50", "warm:list": "[1,2,3]", "warm:null": "null",
                  "warm:text": r'"line\nbreak \"quoted\" ✓"'},
    "sample-15": {"warm:short-lived": "true"},
    "sample-16": gone("app:user:16"),
    "sample-17": gone("cw:tag:orphan"),
    "sample-18": {},
}
SHORT_LIVED = {"warm:short-lived"}

# Of each bad event: the reason that its dead letter must give.
REASONS = {
    "bad-not-json": "not-json", "bad-unknown-type": "unknown-type", "bad-empty": "schema",
    "bad-wrong-type": "schema", "bad-duplicate-key": "duplicate-key", "bad-ttl": "schema",
    "bad-no-data": "schema", "bad-trailing-text": "not-json", "bad-depth": "too-deep",
    "bad-cleanup-task": "unknown-task", "bad-not-utf8": "not-utf8",
}
NOT_UTF8 = (b'{"specversion":"1.0","id":"bad-not-utf8","source":"/samples",'
            b'"type":"cache.invalidate","data":{"keys":["app:keep:\xff"]}}')


def listed(name, items):
    """`key a`, or `keys a, b`."""
    return f"{name}{'s' if len(items) > 1 else ''} {', '.join(items)}"


class Sample:
    """One event of the file, as it is sent."""

    def __init__(self, number, line):
        self.line = line
        self.kind = "invalidate"
        text = line.decode(errors="replace")
        named = re.search(r'"id":"([^"]*)"', text)
        self.name = named.group(1) if named else f"sample-{number:02}"
        kind = re.search(r'"type":"cache\.(warm|cleanup)"', text)
        if kind:
            self.kind = kind.group(1)
        self.is_bad = self.name.startswith("bad-")
        self.data = {} if self.is_bad else json.loads(line)["data"]

    @property
    def scopes(self):
        """What it purges other than by key, as a coherence message names it."""
        names = {"t": "tags", "p": "patterns", "ns": "namespaces"}
        return {short: self.data[long] for short, long in names.items() if long in self.data}

    @property
    def keys(self):
        """The keys that it names itself."""
        return self.data.get("keys", []) + [entry["key"] for entry in self.data.get("entries", [])]

    def words(self):
        """What it asks for, in a few words."""
        if self.is_bad:
            return self.name.removeprefix("bad-").replace("-", " ")
        if self.kind == "cleanup":
            return f"clean up {self.data['task']}"
        if self.kind == "warm":
            absent = " if absent" if self.data.get("ifAbsent") else ""
            return f"warm {', '.join(self.keys)}{absent}"
        return "; ".join(listed(name, self.data[f"{name}s"])
                         for name in ("key", "tag", "pattern", "namespace")
                         if f"{name}s" in self.data)


def load():
    """All events of the file in its order, and the one that no text file can hold."""
    with open(FILE, "rb") as file:
        lines = file.read().splitlines() + [NOT_UTF8]
    samples, good = [], 0
    for line in lines:
        sample = Sample(good + 1, line)
        good += not sample.is_bad
        samples.append(sample)
    missing = (EFFECTS.keys() | REASONS.keys()) ^ {sample.name for sample in samples}
    if missing:
        raise RuntimeError(f"{FILE} and samples.py disagree about {', '.join(sorted(missing))}")
    return samples


def after():
    """All keys and tags when every event has been applied."""
    state = {**BEFORE, **TAGS}
    for effects in EFFECTS.values():
        state = applied(state, effects)
    return {key: value for key, value in state.items() if key not in SHORT_LIVED}


def applied(state, effects):
    changed = {**state, **effects}
    return {key: value for key, value in changed.items() if value is not None}

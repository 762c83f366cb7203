"""A small AMQP 0-9-1 client: what is needed to publish raw bytes and to look at queues."""

import socket
import struct

REPLY_SECONDS = 10
FRAME_BYTES = 131_072
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = b"\xce"

# (class, method) as the specification numbers them
START, START_OK, TUNE, TUNE_OK = (10, 10), (10, 11), (10, 30), (10, 31)
OPEN, OPEN_OK, CLOSE, CLOSE_OK = (10, 40), (10, 41), (10, 50), (10, 51)
CHANNEL_OPEN, CHANNEL_OPEN_OK, CHANNEL_CLOSE = (20, 10), (20, 11), (20, 40)
DECLARE, DECLARE_OK = (50, 10), (50, 11)
PUBLISH, RETURN, ACK, NACK = (60, 40), (60, 50), (60, 80), (60, 120)
GET, GET_OK, GET_EMPTY = (60, 70), (60, 71), (60, 72)
SELECT, SELECT_OK = (85, 10), (85, 11)


class AMQPClosed(RuntimeError):
    """The broker refused something, in its own words."""


class Reader:
    """Takes the fields of a frame one after the other."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, form):
        return struct.unpack("!" + form, self.take(struct.calcsize(form)))[0]

    def short_text(self):
        return self.take(self.number("B")).decode(errors="replace")

    def long_text(self):
        return self.take(self.number("I")).decode(errors="replace")

    def table(self):
        rest = Reader(self.take(self.number("I")))
        table = {}
        while rest.at < len(rest.data):
            name = rest.short_text()
            table[name] = rest.value()
        return table

    def value(self):
        kind = self.take(1)
        numbers = {b"b": "b", b"B": "B", b"s": "h", b"u": "H", b"I": "i", b"i": "I", b"l": "q",
                   b"L": "q", b"f": "f", b"d": "d", b"T": "Q"}
        if kind in numbers:
            return self.number(numbers[kind])
        if kind == b"S":
            return self.long_text()
        if kind == b"t":
            return self.number("B") != 0
        if kind == b"F":
            return self.table()
        if kind == b"A":
            rest = Reader(self.take(self.number("I")))
            values = []
            while rest.at < len(rest.data):
                values.append(rest.value())
            return values
        if kind == b"V":
            return None
        raise RuntimeError(f"a table holds a value of the kind {kind!r}")


def short(text):
    data = text.encode()
    return bytes([len(data)]) + data


def frame(kind, channel, payload):
    return struct.pack("!BHI", kind, channel, len(payload)) + payload + FRAME_END


class AMQPConnection:
    """One connection with one channel, for one caller at a time."""

    def __init__(self, port, user="guest", password="guest"):
        self.socket = socket.create_connection(("127.0.0.1", port), REPLY_SECONDS)
        self.reader = self.socket.makefile("rb")
        self.published = None  # how many, once confirms are asked for
        self.socket.sendall(b"AMQP\x00\x00\x09\x01")
        self._expect(START)
        answer = b"\0" + user.encode() + b"\0" + password.encode()
        self._call(0, START_OK, struct.pack("!I", 0) + short("PLAIN")
                   + struct.pack("!I", len(answer)) + answer + short("en_US"))
        self._expect(TUNE)
        # No heartbeats: no connection here lives long.
        self._call(0, TUNE_OK, struct.pack("!HIH", 1, FRAME_BYTES, 0))
        self._call(0, OPEN, short("/") + short("") + b"\0")
        self._expect(OPEN_OK)
        self._call(1, CHANNEL_OPEN, short(""))
        self._expect(CHANNEL_OPEN_OK)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self._call(0, CLOSE, struct.pack("!H", 200) + short("") + struct.pack("!HH", 0, 0))
                self._expect(CLOSE_OK)
        finally:
            self.socket.close()

    def queue(self, name):
        """How many messages wait in a queue that exists, and how many consumers it has."""
        self._call(1, DECLARE, struct.pack("!H", 0) + short(name) + b"\x01"
                   + struct.pack("!I", 0))
        answer = self._expect(DECLARE_OK)
        answer.short_text()
        return answer.number("I"), answer.number("I")

    def publish(self, exchange, routing_key, body, content_type="application/json"):
        """Publishes a persistent message and waits until the broker has it for sure."""
        if self.publish_all(exchange, [(routing_key, body)], content_type):
            raise AMQPClosed(f"RabbitMQ has no queue for {routing_key}, or none that took it")

    def publish_all(self, exchange, messages, content_type="application/json"):
        """Publishes (routing key, body), all persistent, and waits until the broker has them.

        Gives the indexes of those that it did not take: no queue was there, or it refused.
        """
        self._select()
        first = self.published + 1
        self.published += len(messages)
        self.socket.sendall(b"".join(
            self._message(exchange, key, body, content_type) for key, body in messages))
        unconfirmed, refused = set(range(len(messages))), set()
        while unconfirmed:
            method, answer = self._method()
            if method == RETURN:
                # Comes before the confirm of its message, and has its content.
                refused.add(self._returned(messages))
                continue
            if method not in (ACK, NACK):
                raise RuntimeError(f"RabbitMQ sent the method {method}, not a confirm")
            last = answer.number("Q") - first
            confirmed = {last}
            if answer.number("B") & 1:
                confirmed = {index for index in unconfirmed if index <= last}
            unconfirmed -= confirmed
            if method == NACK:
                refused |= confirmed
        return sorted(refused)

    def _select(self):
        """Asks for confirms, once a connection."""
        if self.published is None:
            self._call(1, SELECT, b"\0")
            self._expect(SELECT_OK)
            self.published = 0

    @staticmethod
    def _message(exchange, routing_key, body, content_type):
        # Mandatory; the two properties are content type and delivery mode.
        arguments = struct.pack("!H", 0) + short(exchange) + short(routing_key) + b"\x01"
        header = (struct.pack("!HHQH", PUBLISH[0], 0, len(body), 0x9000)
                  + short(content_type) + b"\x02")
        frames = [frame(METHOD, 1, struct.pack("!HH", *PUBLISH) + arguments),
                  frame(HEADER, 1, header)]
        for start in range(0, len(body), FRAME_BYTES - 8):
            frames.append(frame(BODY, 1, body[start:start + FRAME_BYTES - 8]))
        return b"".join(frames)

    def _returned(self, messages):
        """Which message came back."""
        _, size = self._content_header()
        body = self._body(size)
        return next(index for index, message in enumerate(messages) if message[1] == body)

    def peek(self, queue):
        """All messages of a queue as (body, headers); they stay in it when this is closed."""
        messages = []
        while True:
            self._call(1, GET, struct.pack("!H", 0) + short(queue) + b"\0")
            if self._expect(GET_OK, GET_EMPTY) is None:
                return messages
            headers, size = self._content_header()
            messages.append((self._body(size), headers))

    def _body(self, size):
        body = b""
        while len(body) < size:
            body += self._frame()[1]
        return body

    def _content_header(self):
        header = Reader(self._frame()[1])
        header.take(4)
        size, flags = header.number("Q"), header.number("H")
        for flag in (0x8000, 0x4000):  # content type and encoding stand before the headers
            if flags & flag:
                header.short_text()
        return (header.table() if flags & 0x2000 else {}), size

    def _call(self, channel, method, arguments):
        self._send(METHOD, channel, struct.pack("!HH", *method) + arguments)

    def _send(self, kind, channel, payload):
        self.socket.sendall(frame(kind, channel, payload))

    def _frame(self):
        while True:
            head = self.reader.read(7)
            if len(head) < 7:
                raise AMQPClosed("RabbitMQ closed the connection")
            kind, _, size = struct.unpack("!BHI", head)
            payload = self.reader.read(size + 1)[:-1]
            if kind != HEARTBEAT:
                return kind, payload

    def _expect(self, *methods):
        """The arguments of the next method, the first of `methods`; None for any other of them."""
        method, answer = self._method()
        if method not in methods:
            raise RuntimeError(f"RabbitMQ sent the method {method}, not {methods[0]}")
        return answer if method == methods[0] else None

    def _method(self):
        _, payload = self._frame()
        answer = Reader(payload)
        method = (answer.number("H"), answer.number("H"))
        if method in (CLOSE, CHANNEL_CLOSE):
            code = answer.number("H")
            raise AMQPClosed(f"RabbitMQ: {code} {answer.short_text()}")
        return method, answer

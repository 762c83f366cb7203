"""The live account on the terminal: rows, worker lines, tables; from several threads."""

import os
import shutil
import sys
import threading
import time
import unicodedata

LEAST_COLUMNS, MOST_COLUMNS = 80, 100
COLOURS = {"worker-1": "36", "worker-2": "35", "good": "32", "bad": "31", "dead": "33",
           "title": "1", "dim": "2"}
# Columns of a row: transport, event, worker, message; the rest is for what happened.
ROW_WIDTHS = (6, 17, 8, 5)
ROW_INDENT = 2 + sum(ROW_WIDTHS) + 2 * len(ROW_WIDTHS)


def width_of(text):
    """Columns on a terminal: some characters take two, some none."""
    return sum(0 if unicodedata.combining(character) else
               2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def printable(text):
    """The text with everything escaped that is not UTF-8 or would move the cursor."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def padded(text, width):
    return text + " " * (width - width_of(text))


def clipped(text, width):
    if width_of(text) <= width:
        return text
    while width_of(text) > width - 1:
        text = text[:-1]
    return text + "…"


def wrapped(text, width):
    """Lines of at most `width` columns, broken at spaces where there are any."""
    lines, line = [], ""
    for word in text.split(" "):
        while width_of(word) > width:
            head = clipped(word, width + 1)[:-1]
            lines += [line, head] if line else [head]
            line, word = "", word[len(head):]
        if line and width_of(line) + 1 + width_of(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return lines + [line]


class Account:
    def __init__(self, out=sys.stdout):
        self.out = out
        self.out.reconfigure(errors="replace")
        self.has_colours = (out.isatty() and "NO_COLOR" not in os.environ
                            and os.environ.get("TERM") != "dumb")
        columns = shutil.get_terminal_size((MOST_COLUMNS, 24)).columns
        self.columns = max(LEAST_COLUMNS, min(MOST_COLUMNS, columns))
        self.lock = threading.Lock()
        self.has_reader = True

    def coloured(self, text, colour):
        if not self.has_colours or colour not in COLOURS:
            return text
        return f"\033[{COLOURS[colour]}m{text}\033[0m"

    def text(self, text="", colour=None):
        with self.lock:
            try:
                self.out.write(self.coloured(text, colour) + "\n")
                self.out.flush()
            except BrokenPipeError:
                # As with `| head`: what was begun still has to be ended, without a word.
                self.has_reader = False
                os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())

    def title(self, text):
        self.text()
        self.text(text, "title")

    def _indented(self, head, indent, text, colour=None):
        """The text wrapped behind a head that takes `indent` columns."""
        lines = wrapped(printable(text), self.columns - indent)
        parts = [head + self.coloured(lines[0], colour)]
        parts += [" " * indent + self.coloured(line, colour) for line in lines[1:]]
        self.text("\n".join(part.rstrip() for part in parts))

    def row(self, transport, event, worker, message, text, colour=None):
        """One event: how it was sent, who did it, what happened."""
        cells = [padded(clipped(cell, width), width)
                 for cell, width in zip((transport, event, worker, message), ROW_WIDTHS)]
        cells[2] = self.coloured(cells[2], worker)
        self._indented("  " + "".join(cell + "  " for cell in cells), ROW_INDENT, text, colour)

    def heading(self):
        cells = zip(("sent", "event", "done by", "msg"), ROW_WIDTHS)
        self.text("  " + "".join(padded(cell, width) + "  " for cell, width in cells)
                  + "asked → happened", "dim")

    def worker_line(self, worker, text, has_time=False, colour=None):
        """What a worker says of itself."""
        stamp = time.strftime("%H:%M:%S") + "  " if has_time else ""
        indent = 2 + len(stamp) + ROW_WIDTHS[2] + 2
        name = self.coloured(padded(worker, ROW_WIDTHS[2]), worker)
        self._indented(f"  {stamp}{name}  ", indent, text, colour)

    def table(self, headings, widths, rows):
        """Rows of texts, cut to the widths; the last column takes what is left."""
        widths = [*widths, self.columns - 2 - sum(width + 2 for width in widths)]
        for number, row in enumerate([headings] + rows):
            cells = [padded(clipped(printable(cell), width), width)
                     for cell, width in zip(row, widths)]
            self.text(("  " + "  ".join(cells)).rstrip(), None if number else "dim")

    def check(self, is_met, text, details=()):
        mark = self.coloured("✓" if is_met else "✗", "good" if is_met else "bad")
        self._indented(f"  {mark} ", 4, text)
        for detail in details:
            self._indented("      ", 6, detail, "bad")

"""Processes that cache, each behind links of its own, and the judge of what they read."""

import json
import os
import signal
import subprocess
import threading
import time

from servers import stop, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(os.path.dirname(HERE), ".build", "release", "CoherenceNode")
LINKS = ("data", "log", "ear")
ANSWER_SECONDS = 60


class Process:
    """One that answers each command with a line."""

    def __init__(self, role, folder, name, environment):
        self.lock = threading.Lock()
        with open(os.path.join(folder, f"{name}.log"), "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, role], env={**os.environ, **environment}, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True)

    def ask(self, *words):
        with self.lock:
            print(*words, file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[1]} has ended with {self.process.wait()}")
        return line.strip()

    def tell(self, *words):
        if self.ask(*words) != "done":
            raise RuntimeError(f"{words[0]} was not understood")


class Judge(Process):
    def report(self):
        return json.loads(self.ask("report"))

    def await_looks(self, count):
        """Returns when he has asked, and been answered, so many times from now on."""
        # One may be under way.
        wanted = self.report()["looks"] + count
        wait_until(lambda: self.report()["looks"] >= wanted, ANSWER_SECONDS, "a look of the judge")


class Nodes:
    """`count` nodes, started again after they were killed."""

    def __init__(self, count, folder, environment, ports):
        self.folder = folder
        self.environment = environment
        self.ports = ports              # {link: port} of the proxy
        self.slots = range(count)
        self.incarnations = [0] * count
        self.members = [None] * count
        self.died = []
        for slot in self.slots:
            os.mkfifo(os.path.join(folder, f"{slot}.pipe"))

    def start(self, slot):
        self.incarnations[slot] += 1
        is_split = self.environment.get("SPLIT")
        links = {"DATA_PORT": "data", "LOG_PORT": "log" if is_split else "data", "EAR_PORT": "ear"}
        ports = {name: str(self.ports[f"{slot}:{link}"]) for name, link in links.items()}
        self.members[slot] = Process(
            "node", self.folder, f"node-{slot}",
            {**self.environment, **ports, "SLOT": str(slot), "PIPES": self.folder,
             "INCARNATION": str(self.incarnations[slot])})

    def signal(self, slot, number):
        self.members[slot].process.send_signal(number)

    def kill(self, slot):
        process = self.members[slot].process
        if process.poll() is not None:
            self.died.append(f"node {slot} ended by itself with {process.returncode}")
        process.kill()
        process.wait()

    def tell(self, word):
        for member in self.members:
            member.tell(word)

    def stop(self):
        for slot in self.slots:
            if self.members[slot]:
                self.signal(slot, signal.SIGCONT)
                stop(self.members[slot].process)


def monotonic_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)

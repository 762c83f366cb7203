"""A Redis with a replica that can take its place, with or without the end of what was written."""

import os
import shutil
import signal

from servers import POLL_SECONDS, Redis, RedisConnection, stop, wait_until

SYNC_SECONDS = 30
OPTIONS = ("--repl-diskless-sync-delay", "0", "--repl-timeout", "5", "--dbfilename", "dump.rdb")


def command(server, *arguments):
    """Over a connection of its own: faults may have ended the last one."""
    connection = RedisConnection(server.port)
    try:
        return connection.command(*arguments)
    finally:
        connection.close()


def facts(server, section):
    """What INFO tells."""
    return dict(line.split(":", 1) for line in command(server, "INFO", section).splitlines()
                if ":" in line)


class Tandem:
    """`server` is the one in use; the link of the proxy named `link` leads to it for its replica."""

    def __init__(self, folder, name, proxy_turn):
        self.name = name
        self.turn = proxy_turn     # (link, port)
        self.folders = [os.path.join(folder, f"{name}-{number}") for number in (1, 2)]
        for path in self.folders:
            os.mkdir(path)
        self.server = Redis(self.folders[0], options=OPTIONS)
        self.standby = None

    @property
    def link(self):
        return f"{self.name}:replica"

    @property
    def port(self):
        return self.server.port

    def command(self, *arguments):
        return command(self.server, *arguments)

    def add_standby(self, proxy_port):
        self.proxy_port = proxy_port
        self.standby = Redis(self.folders[1], options=OPTIONS)
        self._replicate()

    def _replicate(self):
        self.turn(self.link, self.server.port)
        command(self.standby, "REPLICAOF", "127.0.0.1", self.proxy_port)

    def await_sync(self):
        """Returns when the replica has all that was written until now."""
        def is_in_sync():
            told = facts(self.standby, "replication")
            return told.get("master_link_status") == "up" \
                and int(told["slave_repl_offset"]) >= written
        # Before its first synchronisation a server counts nothing.
        written = int(facts(self.server, "replication")["master_repl_offset"])
        wait_until(is_in_sync, SYNC_SECONDS, f"the replica of {self.name} in step")

    def promote(self):
        """The replica is the server from now on; gives the old one, which still runs."""
        old = self.server
        command(self.standby, "REPLICAOF", "NO", "ONE")
        self.server, self.standby = self.standby, old
        return old

    def demote(self):
        """The old server comes back as the replica of the new one, with nothing of its own."""
        self.standby.kill()
        self._empty(self.standby)
        self.standby.start()
        self._replicate()

    # The server in use

    def kill(self):
        self.server.kill()

    def start_empty(self):
        self._empty(self.server)
        self.server.start()

    def save(self):
        """Keeps a file of what there is now."""
        self.command("SAVE")
        shutil.copy(self._file(self.server), self._file(self.server) + ".old")

    def start_from_saved(self):
        os.replace(self._file(self.server) + ".old", self._file(self.server))
        self.server.start()
        os.remove(self._file(self.server))

    @staticmethod
    def _file(server):
        return os.path.join(server.folder, "dump.rdb")

    def _empty(self, server):
        if os.path.exists(self._file(server)):
            os.remove(self._file(server))

    def pause(self, is_paused):
        self.server.process.send_signal(signal.SIGSTOP if is_paused else signal.SIGCONT)

    def stop(self):
        for server in (self.server, self.standby):
            if server:
                server.process.send_signal(signal.SIGCONT)
                stop(server.process)

"""A mail server on this machine that keeps what it takes and answers what a test tells it to.

Run by itself it prints its port and takes everything: what the sending is timed against.
"""

import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Session(socketserver.StreamRequestHandler):
    server: "Sink"

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        self.server.sessions += 1
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper().decode().strip()
            if verb in self.server.hangs_up_at:
                self.server.hangs_up_at.remove(verb)
                return
            if verb == "DATA":
                if not self.take():
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif verb in self.server.answers:
                self.say(self.server.answers[verb])
            else:
                self.say("250 sink" if verb != "EHLO" else "250-sink\r\n250 8BITMIME")

    def take(self) -> bool:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if "BODY" in self.server.hangs_up_at:
            self.server.hangs_up_at.remove("BODY")
            return False
        answer = self.server.answers.get("BODY", "250 taken")
        if answer.startswith("2"):
            self.server.taken.append(b"".join(lines))
        self.say(answer)
        return True


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    disable_nagle_algorithm = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.port: int = self.server_address[1]
        self.taken: list[bytes] = []
        self.sessions = 0
        # What to say to a verb, or to the words themselves under "BODY".
        self.answers: dict[str, str] = {}
        # Verbs at which the connection ends without a word, each once.
        self.hangs_up_at: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what many of these tests are about."""


@contextmanager
def running() -> Iterator[Sink]:
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()


if __name__ == "__main__":
    with Sink() as served:
        sys.stdout.write(f"{served.port}\n")
        sys.stdout.flush()
        served.serve_forever()

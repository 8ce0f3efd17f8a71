"""Who takes the messages in a storm: a mail server, or a service that can be asked, each of its own process.

It writes down each message it takes, a line each, before it answers: reference, address, subject.
Then it is slow, by chance, so that whoever waits for the answer may be killed waiting. No product's
code is used here: what it writes down is the other side of the ledger.
"""

import json
import random
import socketserver
import sys
import threading
import time
import uuid
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SLOWEST = 0.03


class Book:
    """What was taken, in a file that the storm reads and in memory for whoever asks."""

    def __init__(self, file: Path, *, seed: int) -> None:
        self.log = file.open("a", encoding="utf-8")
        self.lock = threading.Lock()
        self.chance = random.Random(seed)
        self.known: dict[str, str] = {}

    def take(self, reference: str, address: str, subject: str) -> str:
        with self.lock:
            before, after = self.chance.random(), self.chance.random()
        time.sleep(before * SLOWEST / 3)
        with self.lock:
            self.log.write(f"{reference}\t{address}\t{subject}\n")
            self.log.flush()
            name = self.known.setdefault(reference, str(uuid.uuid4()))
        time.sleep(after * SLOWEST)
        return name


class Mail(socketserver.StreamRequestHandler):
    server: "MailServer"

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")

    def handle(self) -> None:
        self.say(b"220 storm")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say(b"354 go on")
                head = self.words()
                if head is None:
                    return
                self.server.book.take(*head)
                self.say(b"250 taken")
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 storm")

    def words(self) -> tuple[str, str, str] | None:
        """Return who and what the message is; None when it broke off, so it was never taken."""
        fields: dict[str, str] = {}
        in_head = True
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            if in_head:
                name, colon, value = line.decode().partition(": ")
                in_head = bool(colon)
                fields.setdefault(name.lower(), value.strip())
        subject = str(make_header(decode_header(fields["subject"])))
        reference = fields["message-id"].strip("<>").partition("@")[0]
        return reference, fields["to"], subject


class Asked(BaseHTTPRequestHandler):
    """As much of GOV.UK Notify as the product uses: take an e-mail, and tell by reference."""

    server: "AskableServer"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_args: Any) -> None:
        """It says nothing: what it took is in the book."""

    def answer(self, code: int, data: Any) -> None:
        body = json.dumps(data).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return
        sent = json.loads(body)
        name = self.server.book.take(
            sent["reference"], sent["email_address"], sent["personalisation"]["subject"]
        )
        self.answer(201, {"id": name})

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)["reference"][0]
        name = self.server.book.known.get(asked)
        self.answer(200, {"notifications": [{"id": name}] if name else []})


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    disable_nagle_algorithm = True
    request_queue_size = 50

    def __init__(self, book: Book) -> None:
        super().__init__(("127.0.0.1", 0), Mail)
        self.book = book

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed are what a storm is made of."""


class AskableServer(ThreadingHTTPServer):
    request_queue_size = 50

    def __init__(self, book: Book) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.book = book

    def handle_error(self, request: Any, client_address: Any) -> None:
        """As above."""


KINDS = {"smtp": MailServer, "notify": AskableServer}


if __name__ == "__main__":
    kind, file, number = sys.argv[1:]
    serving = KINDS[kind](Book(Path(file), seed=int(number)))
    sys.stdout.write(f"{serving.server_address[1]}\n")
    sys.stdout.flush()
    serving.serve_forever()

"""GOV.UK Notify on this machine: as much of its HTTP interface as the official client uses for us.

It takes, rejects, is slow or down, remembers by reference, and can be told to take a message and
then say nothing, which is when nobody knows.
"""

import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"tests-{SERVICE}-{SECRET}"
KINDS = {"email": "email_address", "sms": "phone_number", "letter": "content"}


class Answer(BaseHTTPRequestHandler):
    server: "Stub"
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the library
        """Say nothing."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._may_go_on():
            return
        kind = urlsplit(self.path).path.rpartition("/")[2]
        with self.server.lock:
            how = self.server.how.popleft() if self.server.how else self.server.always
        if isinstance(how, tuple):
            self._say(how[0], {"status_code": how[0], "errors": [{"message": how[1]}]})
            return
        known = {"id": str(uuid.uuid4()), "reference": asked["reference"]}
        known |= {"type": kind, "status": "created"}
        with self.server.lock:
            self.server.taken.append(known | {"asked": asked})
        if how == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if how == "slow":
            time.sleep(self.server.slowness)
        self._say(201, known)

    def do_GET(self) -> None:
        if not self._may_go_on():
            return
        wanted = parse_qs(urlsplit(self.path).query)["reference"][0]
        with self.server.lock:
            self.server.asked.append(wanted)
            found = [each for each in self.server.taken if each["reference"] == wanted]
        rows = [{name: each[name] for name in ("id", "reference")} for each in found]
        self._say(200, {"notifications": rows, "links": {}})

    def _may_go_on(self) -> bool:
        if self.server.is_down:
            self._say(503, {"status_code": 503, "errors": [{"message": "down"}]})
            return False
        token = self.headers["Authorization"].partition(" ")[2]
        try:
            jwt.decode(token, SECRET, algorithms=["HS256"], issuer=SERVICE)
        except jwt.InvalidTokenError:
            self._say(403, {"status_code": 403, "errors": [{"message": "token"}]})
            return False
        return True

    def _say(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            # Whoever asked has hung up: what was taken is taken.
            self.close_connection = True


class Stub(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.taken: list[dict[str, Any]] = []
        self.asked: list[str] = []
        # How the next messages are met, in turn: "take", "drop", "slow", or (400, "why").
        self.how: deque[Any] = deque()
        self.always: Any = "take"
        self.is_down = False
        self.slowness = 1.0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some of these tests are about."""


@contextmanager
def running() -> Iterator[Stub]:
    with Stub() as stub:
        thread = threading.Thread(target=stub.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield stub
        finally:
            stub.shutdown()
            thread.join()

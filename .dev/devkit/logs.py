"""Follow what the children print, as one stream that a person can read."""

import json
import queue
import threading
import time
from collections.abc import Callable
from typing import IO

from devkit.console import say

Lines = queue.Queue[tuple[str, str]]


def plain(line: str) -> str:
    """Turn one of our JSON log lines into a short one; leave any other as it is."""
    try:
        entry = json.loads(line)
        level, message = entry["level"], entry["message"]
    except (ValueError, TypeError, KeyError):
        return line.rstrip()
    text = message if level == "INFO" else f"{level} {message}"
    return f"{text}\n{entry['trace']}" if entry.get("trace") else str(text)


class Stream:
    """The lines of every child, in the order they came."""

    def __init__(self) -> None:
        self.lines: Lines = queue.Queue()

    def follow(self, name: str, output: IO[str]) -> None:
        """Pass on what one child prints until it ends."""

        def pass_on() -> None:
            for line in output:
                if line.strip():
                    self.lines.put((name, plain(line)))

        threading.Thread(target=pass_on, daemon=True).start()

    def show_waiting(self) -> None:
        """Print what has been said so far."""
        time.sleep(0.05)
        while not self.lines.empty():
            self.show_one(*self.lines.get())

    def show_until(self, finished: Callable[[], bool]) -> None:
        """Print each line as it comes until `finished` says so, looked at every second."""
        while not finished():
            try:
                self.show_one(*self.lines.get(timeout=1))
            except queue.Empty:
                continue
        self.show_waiting()

    def show_one(self, name: str, text: str) -> None:
        say(f"{time.strftime('%H:%M:%S')} {name:<6} {text}")

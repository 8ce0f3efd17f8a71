"""Answer a container's health check: `web` asks the live page, `beat` looks at its schedule."""

import os
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

# Beat writes its schedule down every three minutes.
BEAT_SECONDS = 10 * 60


def web() -> bool:
    """Ask as the proxy would: by the public name, and saying that the outside is https."""
    site = urlsplit(os.environ.get("SITE_URL", "http://127.0.0.1:8000"))
    request = urllib.request.Request(
        "http://127.0.0.1:8000/healthz",
        headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 -- our own address
        return bool(answer.status == 200)


def beat() -> bool:
    """Say whether the schedule was written lately."""
    written = [path.stat().st_mtime for path in Path("/tmp").glob("beat-schedule*")]  # noqa: S108 -- the container's own memory
    return bool(written) and time.time() - max(written) < BEAT_SECONDS


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "beat": beat}[sys.argv[1]]() else 1)

"""Start the product and the floor as they are run for real: gunicorn, two workers."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devkit import services
from devkit.console import ROOT, Stop
from devkit.environment import PYTHON

_START_SECONDS = 60
PRODUCT = "coprod.wsgi"
FLOOR = "bench.floor.wsgi"


@contextmanager
def serving(application: str, url: str, data: Path) -> Iterator[str]:
    """Serve an application over a database, give its address, and stop it after."""
    port = services.free_port()
    place = f"http://127.0.0.1:{port}"
    command = [PYTHON, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--worker-tmp-dir", data]
    command += ["--no-control-socket", "--log-level", "warning", "--keep-alive", "30"]
    env = os.environ | {
        "DATABASE_URL": url,
        "DATA_DIR": str(data),
        "SITE_URL": place,
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "WARNING",
        "DEMONSTRATION": "",
    }
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield place
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if services.answers(port):
            return
        time.sleep(0.1)
    raise Stop("A server to measure did not start.")

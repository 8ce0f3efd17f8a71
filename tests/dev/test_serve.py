import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from devkit import logs, serve
from devkit.console import ROOT, Stop

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('ready', flush=True); time.sleep(60)"
)


def is_running(pid):
    try:
        state = (serve.Path("/proc") / str(pid) / "stat").read_text("utf-8")
    except FileNotFoundError:
        return False
    return state.rsplit(")", 1)[1].split()[0] != "Z"


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_a_taken_port_is_one_sentence_with_another_to_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Stop, match=f"--port {port + 1}"):
            serve.check_port("127.0.0.1", port)

    serve.check_port("127.0.0.1", port)


def test_a_taken_port_ends_the_command_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, ROOT / "dev.py", "run", "--port"]
        done = subprocess.run(
            [*command, str(taken.getsockname()[1])],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )

    assert done.returncode == 1
    assert "cannot be used" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("port", ["0", "70000", "-1", "ten"])
def test_a_port_that_is_none_is_refused(port):
    done = subprocess.run(
        [sys.executable, ROOT / "dev.py", "run", f"--port={port}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert done.returncode == 2
    assert "from 1 to 65535" in done.stderr


def test_children_that_will_not_stop_are_ended(monkeypatch):
    monkeypatch.setattr(serve, "STOP_SECONDS", 0.5)
    child = serve.start("stubborn", [sys.executable, "-c", STUBBORN], {})
    assert child.process.stdout.readline() == "ready\n"

    serve.stop_all([child])

    assert child.process.returncode == -signal.SIGKILL
    child.process.stdout.close()


def test_children_go_when_dev_py_itself_is_killed(tmp_path):
    code = (
        "import sys; sys.path.insert(0, '.dev'); from devkit import serve;"
        "child = serve.start('web', [sys.executable, '-c', 'import time; time.sleep(60)'],"
        " {}); print(child.process.pid, flush=True); import time; time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    assert is_running(pid)

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert wait_until(lambda: not is_running(pid))


def test_a_child_that_dies_is_named(monkeypatch):
    child = serve.start("worker", [sys.executable, "-c", "raise SystemExit(7)"], {})
    child.process.wait()
    child.process.stdout.close()

    with pytest.raises(Stop, match=r"worker process stopped by itself \(exit code 7\)"):
        serve.wait_until_ready("127.0.0.1", 9, [child])


def test_listening_everywhere_still_names_the_hosts():
    assert serve.allowed_hosts("127.0.0.1") == "127.0.0.1,localhost"
    assert serve.allowed_hosts("192.0.2.7").endswith(",192.0.2.7")
    assert "*" not in serve.allowed_hosts("0.0.0.0")
    assert socket.gethostname() in serve.allowed_hosts("0.0.0.0")


def test_our_log_lines_become_short():
    line = json.dumps({"at": "x", "level": "INFO", "logger": "a", "message": "sent"})

    assert logs.plain(line + "\n") == "sent"


def test_a_fault_keeps_its_level_and_its_trace():
    entry = {"level": "ERROR", "message": "it broke", "trace": "Traceback: here"}

    assert logs.plain(json.dumps(entry)) == "ERROR it broke\nTraceback: here"


@pytest.mark.parametrize("line", ["plain words", "[1, 2]", "7", "{}", '{"level": 1}'])
def test_lines_of_others_are_left_alone(line):
    assert logs.plain(line + "\n") == line


def test_the_cast_is_a_table():
    people = [
        {"role": "Finance", "person": "Bo", "sign_in": "bo@x.example", "password": "p"},
        {"role": "Member", "person": "Jo Ann", "sign_in": None, "totp_secret": None},
    ]

    lines = serve.table(people).splitlines()

    assert [line.split()[0] for line in lines] == ["role", "Finance", "Member"]
    assert lines[1].index("Bo") == lines[2].index("Jo")
    assert "None" not in serve.table(people)


def test_the_secret_of_the_second_factor_is_in_the_table():
    assert "JBSWY3DP" in serve.table([{"role": "Lead", "totp_secret": "JBSWY3DP"}])


LISTENER = """
import dev, time
dev.listen_for_stop()
try:
    print("up", flush=True)
    time.sleep(30)
except dev.Asked:
    raise SystemExit(130)
"""


def test_a_signal_before_anything_started_ends_quietly():
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENER], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()

    os.kill(process.pid, signal.SIGTERM)

    assert process.wait(10) == 130
    process.stdout.close()

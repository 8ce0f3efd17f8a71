import json
from pathlib import Path

import pytest
from celery import current_app
from kombu.exceptions import ChannelError

from coprod.core import broker


@pytest.fixture
def folder(tmp_path, monkeypatch):
    queue, control = tmp_path / "queue", tmp_path / "control"
    queue.mkdir()
    control.mkdir()
    monkeypatch.setitem(
        current_app.conf, "broker_transport", "coprod.core.broker:Transport"
    )
    return queue


@pytest.fixture
def channel(folder):
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder.parent / "control"),
    }
    url = "filesystem://localhost//"
    with current_app.connection_for_write(url, transport_options=options) as connection:
        yield connection.default_channel


def test_the_folder_of_a_start_without_redis_is_our_own(channel):
    assert isinstance(channel, broker.Channel)


def test_a_message_stands_in_the_folder_only_when_it_is_whole(
    channel, folder, monkeypatch
):
    seen: list[str] = []
    put_in_place = Path.replace

    def look_first(source: Path, target: Path) -> None:
        seen.extend(path.name for path in folder.glob("*.msg"))
        assert json.loads(source.read_text())["body"] == "one"
        put_in_place(source, target)

    monkeypatch.setattr(Path, "replace", look_first)

    channel._put("celery", {"body": "one"})

    assert seen == []
    assert channel._get("celery") == {"body": "one"}
    assert list(folder.iterdir()) == []


def test_a_full_disk_leaves_no_half_a_message(channel, folder, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(ChannelError):
        channel._put("celery", {"body": "one"})

    assert list(folder.iterdir()) == []

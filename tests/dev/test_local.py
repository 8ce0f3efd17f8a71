import json
import sqlite3
import stat
from contextlib import closing

import pytest

from devkit import local
from devkit.console import Stop


@pytest.fixture(autouse=True)
def bare_surroundings(monkeypatch):
    for name in ("SECRET_KEY", "FIELD_KEYS", "DATA_DIR", "DATABASE_URL", "EMAIL_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("DEMONSTRATION", raising=False)


def test_keys_are_made_once_and_only_their_owner_can_read_them(tmp_path):
    first = local.local_keys(tmp_path)
    second = local.local_keys(tmp_path)

    assert first == second
    assert len(first["SECRET_KEY"]) >= 50
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_keys_of_two_machines_differ(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert local.local_keys(tmp_path / "a") != local.local_keys(tmp_path / "b")


def test_keys_half_written_by_a_full_disk_are_made_again(tmp_path):
    (tmp_path / "keys.json.part").write_text('{"SECRET', "utf-8")

    assert set(local.local_keys(tmp_path)) == {"SECRET_KEY", "FIELD_KEYS"}
    assert not (tmp_path / "keys.json.part").exists()


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"SECRET_KEY": "a"}'])
def test_damaged_keys_stop_and_are_left_as_they_are(tmp_path, damage):
    (tmp_path / "keys.json").write_text(damage, "utf-8")

    with pytest.raises(Stop, match="cannot be read"):
        local.local_keys(tmp_path)

    assert (tmp_path / "keys.json").read_text("utf-8") == damage


def test_the_demonstration_is_on_by_default(tmp_path):
    assert local.surroundings(tmp_path)["DEMONSTRATION"] == "1"


@pytest.mark.parametrize("name", ["DATABASE_URL", "EMAIL_URL"])
def test_the_demonstration_is_off_as_soon_as_it_could_be_real(
    tmp_path, monkeypatch, name
):
    monkeypatch.setenv(name, "smtp://mail.example")

    assert "DEMONSTRATION" not in local.surroundings(tmp_path)


def test_what_is_already_set_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DEMONSTRATION", "0")

    env = local.surroundings(tmp_path, "http://127.0.0.1:8200")

    assert env["SECRET_KEY"] == "given"
    assert env["DEMONSTRATION"] == "0"
    assert env["SITE_URL"] == "http://127.0.0.1:8200"


def test_a_full_disk_is_said_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "ROOM_NEEDED", 1 << 60)

    with pytest.raises(Stop, match="is full"):
        local.data_dir(str(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_a_new_data_folder_is_for_its_owner_only(tmp_path):
    folder = local.data_dir(str(tmp_path / "new"))

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_server_on_the_same_data_is_refused(tmp_path):
    with (
        local.alone_in(tmp_path),
        pytest.raises(Stop, match="already serves"),
        local.alone_in(tmp_path),
    ):
        pass

    with local.alone_in(tmp_path):
        pass


@pytest.mark.parametrize("table", ["core_user", "people_person"])
def test_an_empty_database_is_told_from_one_with_people(tmp_path, table):
    database = tmp_path / "coprod.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE core_user (id INTEGER)")
        connection.execute("CREATE TABLE people_person (id INTEGER)")
        connection.commit()
        assert local.is_empty(database)

        connection.execute(f"INSERT INTO {table} VALUES (1)")  # noqa: S608 -- one of two names above
        connection.commit()

    assert not local.is_empty(database)


def test_the_keys_file_is_plain_data(tmp_path):
    local.local_keys(tmp_path)

    assert set(json.loads((tmp_path / "keys.json").read_text("utf-8"))) == {
        "SECRET_KEY",
        "FIELD_KEYS",
    }

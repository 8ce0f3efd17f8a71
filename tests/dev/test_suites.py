import shutil
from collections import Counter
from contextlib import closing

import environ
import psycopg2
import pytest
import redis

from devkit import services, suites
from devkit.suites import Tally
from tests import plugin

REPORT = """<testsuites><testsuite>
<testcase name="a"/>
<testcase name="b"/>
<testcase name="c"><failure message="x"/></testcase>
<testcase name="d"><error message="x"/></testcase>
<testcase name="e"><skipped message="no printer"/></testcase>
</testsuite></testsuites>"""


def test_what_pytest_wrote_is_added_up(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT, "utf-8")
    tally = Tally("SQLite")

    suites.read_results(report, tally)

    assert (tally.passed, tally.failed) == (2, 2)
    assert tally.skipped == Counter({"no printer": 1})
    assert not tally.broke


def test_a_missing_report_is_a_failure(tmp_path, capsys):
    tally = Tally("SQLite")

    suites.read_results(tmp_path / "none.xml", tally)

    assert suites.conclude([tally], strict=False) == 1


@pytest.mark.parametrize(
    ("tally", "relaxed", "strict"),
    [
        (Tally("a", passed=3), 0, 0),
        (Tally("a", passed=3, failed=1), 1, 1),
        (Tally("a", passed=3, skipped=Counter(why=1)), 0, 1),
        (Tally("a", missing="no Chromium", enable="install it"), 0, 1),
    ],
)
def test_only_strictly_is_a_skip_a_failure(tally, relaxed, strict, capsys):
    assert suites.conclude([tally], strict=False) == relaxed
    assert suites.conclude([tally], strict=True) == strict


def test_the_last_line_is_the_count_and_skips_say_what_would_help(capsys):
    tallies = [
        Tally("SQLite", passed=5, skipped=Counter({"no printer": 2})),
        Tally("PostgreSQL", passed=4, failed=1),
        Tally("Browser", missing="no Chromium was found", enable="apt-get install it"),
    ]

    suites.conclude(tallies, strict=False)

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "9 passed, 1 failed"
    assert any("2 skipped: no printer" in line for line in lines)
    assert any("To run it: apt-get install it" in line for line in lines)


@pytest.mark.parametrize(
    ("worker", "url", "expected"),
    [
        ("", "redis://h:1/4", "redis://h:1/4"),
        ("gw0", "redis://h:1/4", "redis://h:1/5"),
        ("gw1", "redis://h:1/4", "redis://h:1/6"),
        ("gw1", "redis://h:1", "redis://h:1/2"),
    ],
)
def test_each_test_process_has_its_own_redis_database(worker, url, expected):
    assert plugin.redis_for(worker, url) == expected


def test_two_runs_side_by_side_use_two_databases():
    assert services.database_name() != services.database_name()


def test_a_free_port_is_free():
    assert not services.answers(services.free_port())


@pytest.fixture
def private_redis():
    with services.private_redis(shutil.which("redis-server")) as url:
        yield url


@pytest.mark.services
def test_a_redis_with_data_is_never_cleared(private_redis):
    with redis.Redis.from_url(private_redis) as connection:
        connection.set("kept", "yes")

        with pytest.raises(pytest.exit.Exception, match="holds data"):
            plugin.refuse_redis_in_use(private_redis)

        assert connection.get("kept") == b"yes"


@pytest.mark.services
def test_an_empty_redis_may_be_used(private_redis):
    plugin.refuse_redis_in_use(private_redis)


@pytest.mark.postgres
def test_a_private_postgresql_speaks_utf_8_and_leaves_nothing_behind():
    with services.private_postgres(services.postgres_bin()) as url:
        settings = environ.Env.db_url_config(url)
        where = {"host": settings["HOST"], "user": settings["USER"]}
        with closing(psycopg2.connect(dbname="postgres", **where)) as connection:
            cursor = connection.cursor()
            cursor.execute("SHOW server_encoding")
            encoding = cursor.fetchone()

    assert encoding == ("UTF8",)
    assert not services.Path(settings["HOST"]).exists()

"""Reminders sent while everything that can break does: none lost, none sent twice unmarked.

The full size of it is in dev.py bench notices.
"""

import pytest

from tests.storm import servers
from tests.storm.storm import CONTROL, SMALL, Storm

pytestmark = pytest.mark.storm

HAS_SERVERS = pytest.mark.skipif(
    not servers.are_here(), reason="no PostgreSQL and Redis to break are installed"
)
ON_POSTGRES = pytest.param(True, id="PostgreSQL and Redis", marks=HAS_SERVERS)
ON_SQLITE = pytest.param(False, id="SQLite and the embedded worker")
BOTH = pytest.mark.parametrize("on_postgres", [ON_POSTGRES, ON_SQLITE])


@BOTH
def test_a_storm_loses_no_reminder_and_repeats_none_by_a_mail_server(on_postgres):
    outcome = Storm(SMALL, provider="smtp", on_postgres=on_postgres).run()

    assert not outcome.lost, outcome.story()
    assert not outcome.repeats, outcome.story()
    assert not outcome.strangers
    assert len(outcome.uncertain) < SMALL.reminders / 10, outcome.story()
    assert outcome.killed == SMALL.kills


@BOTH
def test_a_storm_leaves_nothing_uncertain_where_the_provider_can_be_asked(on_postgres):
    outcome = Storm(SMALL, provider="notify", on_postgres=on_postgres).run()

    assert not outcome.lost, outcome.story()
    assert not outcome.repeats, outcome.story()
    assert not outcome.uncertain, outcome.story()
    assert len(outcome.taken) == SMALL.reminders
    assert outcome.killed == SMALL.kills


# The bench runs both on either.
@pytest.mark.parametrize(
    ("on_postgres", "without"),
    [pytest.param(True, "claim", marks=HAS_SERVERS), (False, "mark")],
    ids=["PostgreSQL without the claim", "SQLite without the mark"],
)
def test_control_a_storm_without_a_protection_repeats_some(on_postgres, without):
    storm = Storm(CONTROL, provider="smtp", on_postgres=on_postgres, without=without)

    assert storm.run().repeats

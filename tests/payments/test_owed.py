"""What the team owes people about claims, on the first page."""

import datetime as dt

import pytest

from coprod.core.enums import Role
from groups.people.enums import Channel, ContactKind, Purpose
from groups.people.models import ChannelPreference, ContactPoint, Person
from groups.people.queries import asked_channel, channel_for
from payments import queries
from payments.queries.owed import MOST_OWED
from tests.factories import ClaimFactory, PersonFactory, staff_actor

pytestmark = pytest.mark.django_db
TODAY = dt.date(2099, 1, 1)


def rung_about():
    rows = queries.owed(actor=staff_actor(Role.INVOLVEMENT), today=TODAY)
    return {row.who for row in rows if row.what.startswith("Ring")}


def test_a_member_to_ring_is_found_behind_many_who_read_their_claims_themselves():
    for _ in range(MOST_OWED + 1):
        ClaimFactory()
    dot = PersonFactory(known_as="Dot", channel=Channel.LETTER)
    ClaimFactory(person=dot)

    assert rung_about() == {"Dot"}


def test_who_is_rung_follows_how_she_wants_to_hear_about_money():
    rung = PersonFactory(known_as="Rung")
    ChannelPreference.objects.create(
        person=rung, purpose=Purpose.MONEY, channel=Channel.PHONE
    )
    written = PersonFactory(known_as="Written", channel=Channel.PHONE)
    ChannelPreference.objects.create(
        person=written, purpose=Purpose.MONEY, channel=Channel.EMAIL
    )
    for person in (rung, written):
        ClaimFactory(person=person)

    assert rung_about() == {"Rung"}


@pytest.mark.parametrize("everything", ["", *Channel.values])
@pytest.mark.parametrize("money", ["", *Channel.values])
@pytest.mark.parametrize("has_email", [True, False])
def test_the_database_and_the_program_agree_who_reads_e_mail(
    everything, money, has_email
):
    person = Person.objects.create(known_as="Asha")
    wishes = {Purpose.EVERYTHING: everything, Purpose.MONEY: money}
    for purpose, channel in wishes.items():
        if channel:
            ChannelPreference.objects.create(
                person=person, purpose=purpose, channel=channel
            )
    if has_email:
        ContactPoint.objects.create(
            person=person, kind=ContactKind.EMAIL, value="a@example.org"
        )
    claim = ClaimFactory(person=person)

    rows = type(claim).objects.annotate(found=asked_channel(Purpose.MONEY, "person"))

    said = channel_for(person, Purpose.MONEY)
    found = rows.get().found
    assert (found == Channel.EMAIL) == (said == Channel.EMAIL)

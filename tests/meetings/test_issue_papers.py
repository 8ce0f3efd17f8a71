import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coprod.core.enums import Role
from coprod.core.errors import RuleBroken
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel
from meetings.actions import papers, publishing, replies
from meetings.enums import MeetingState, Reply
from meetings.models import Invitation
from tests.factories import (
    AgendaItemFactory,
    MeetingFactory,
    MembershipFactory,
    PaperFactory,
    PersonFactory,
    staff_actor,
)
from tests.meetings.published import NOW, move, published, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def with_paper(*people):
    meeting = published(*people)
    item = AgendaItemFactory(meeting=meeting, position=1, title="The trial")
    PaperFactory(
        item=item,
        title="What we found",
        author="Marian Okafor",
        in_short="Most kept the box.",
        body="Eleven people **tried** it.",
        added_at=NOW - dt.timedelta(hours=1),
    )
    return meeting


def issue(meeting, minutes=0):
    with time_machine.travel(NOW + dt.timedelta(minutes=minutes), tick=False):
        return papers.issue_papers(by=staff_actor(), meeting=meeting)


def more(meeting, minutes):
    item = AgendaItemFactory(meeting=meeting, position=2, title="Money")
    return PaperFactory(
        item=item, title="Two leaflets", added_at=NOW + dt.timedelta(minutes=minutes)
    )


def address(meeting):
    return reverse("meetings:papers-issue", args=[meeting.reference])


def test_everybody_gets_the_papers_in_her_own_way():
    meeting = with_paper(
        PersonFactory(known_as="Dot", channel=Channel.LETTER),
        PersonFactory(known_as="Marian"),
        PersonFactory(known_as="Owen", channel=Channel.PHONE),
    )

    issue(meeting)

    by_name = {row.person.known_as: row for row in told("meeting.papers")}
    assert {name: row.channel for name, row in by_name.items()} == {
        "Dot": Channel.LETTER,
        "Marian": Channel.EMAIL,
        "Owen": Channel.PHONE,
    }
    letter = by_name["Dot"].body
    assert "Item 1: What we found, by Marian Okafor" in letter
    assert "Eleven people tried it." in letter
    assert "http" not in letter
    assert f"/meetings/{meeting.reference}/papers/" in by_name["Marian"].body
    assert "Eleven people" not in by_name["Marian"].body
    assert "papers for your next meeting are ready" in by_name["Marian"].text_body


def test_who_said_no_gets_no_papers():
    meeting = with_paper(PersonFactory(known_as="Ann"), PersonFactory(known_as="Bea"))
    replies.record_reply(
        by=staff_actor(),
        invitation=Invitation.objects.get(person__known_as="Ann"),
        reply=Reply.NOT_COMING,
    )

    issue(meeting)

    assert [row.person.known_as for row in told("meeting.papers")] == ["Bea"]


def test_the_second_issue_sends_what_is_new_and_nothing_twice():
    meeting = with_paper(PersonFactory())
    issue(meeting)
    with pytest.raises(RuleBroken, match="nothing to read"):
        issue(meeting, minutes=1)
    more(meeting, minutes=5)

    issue(meeting, minutes=10)

    first, second = told("meeting.papers")
    assert (first.notice.version, second.notice.version) == (1, 2)
    assert "Two leaflets" in second.body
    assert "What we found" not in second.body
    assert second.subject == "More papers for the next meeting"


def test_somebody_invited_after_the_issue_gets_all_that_was_issued():
    meeting = with_paper(PersonFactory(known_as="Ann"))
    issue(meeting)
    more(meeting, minutes=5)
    issue(meeting, minutes=10)
    MembershipFactory(group=meeting.group, person=PersonFactory(known_as="Bea"))

    with time_machine.travel(NOW + dt.timedelta(minutes=20), tick=False):
        publishing.publish_meeting(meeting=meeting, by=staff_actor(), offer_words={})

    hers = [row for row in told("meeting.papers") if row.person.known_as == "Bea"]
    assert len(hers) == 1
    assert "What we found" in hers[0].body
    assert "Two leaflets" in hers[0].body


def test_papers_still_go_when_the_meeting_moves_and_not_when_it_is_cancelled():
    meeting = with_paper(PersonFactory())
    issue(meeting)

    moved = move(meeting, date=dt.date(2026, 12, 1))
    assert [row.state for row in told("meeting.papers")] == [DeliveryState.PLANNED]
    assert "November" not in told("meeting.papers")[0].body

    publishing.cancel_meeting(by=staff_actor(), meeting=moved, reason="Flooded.")
    assert [row.state for row in told("meeting.papers")] == [DeliveryState.WITHDRAWN]


def test_papers_more_than_a_week_ahead_may_come_in_the_weekly_email():
    weekly = PersonFactory(wants_digest=True)
    meeting = with_paper(weekly)

    issue(meeting)
    assert told("meeting.papers")[0].in_digest is True

    more(meeting, minutes=5)
    issue(meeting, minutes=60 * 24 * 21)
    assert told("meeting.papers")[1].in_digest is False


def test_papers_are_issued_only_when_everybody_has_been_sent_hers(client_as):
    meeting = with_paper(
        PersonFactory(known_as="Dot", channel=Channel.LETTER),
        PersonFactory(known_as="Marian"),
    )
    team = client_as(Role.INVOLVEMENT)

    page = team.get(meeting.get_absolute_url()).content.decode()
    assert "Issue the papers" in page
    assert "Post the papers" not in page
    response = team.post(address(meeting))
    assert response.url == meeting.get_absolute_url()

    _send(told("meeting.papers")[1])
    page = team.get(meeting.get_absolute_url()).content.decode()
    assert "The papers" in page
    assert "<b>1 of 2</b> people have been sent it" in " ".join(page.split())
    assert "Issue the papers" not in page
    more(meeting, minutes=5)
    page = team.get(meeting.get_absolute_url()).content.decode()
    assert "Send what is new" in page


def _send(row):
    Delivery.objects.filter(pk=row.pk).update(
        state=DeliveryState.HANDED_OVER, sent_at=timezone.now(), sent_by_name="SMTP"
    )


def test_the_page_says_when_there_is_nothing_to_issue(client_as):
    meeting = published(PersonFactory())
    team = client_as(Role.INVOLVEMENT)

    assert "There are no papers yet" in team.get(address(meeting)).content.decode()
    item = AgendaItemFactory(meeting=meeting, position=1)
    PaperFactory(item=item, added_at=NOW - dt.timedelta(hours=1))
    issue(meeting)
    page = team.get(address(meeting)).content.decode()
    assert "Everything has been sent" in page
    assert "There is nothing to read that people have not been sent." in (
        team.post(address(meeting)).content.decode()
    )


@pytest.mark.parametrize(
    ("state", "date"),
    [
        (MeetingState.PLANNED, dt.date(2026, 12, 8)),
        (MeetingState.PUBLISHED, dt.date(2026, 10, 1)),
        (MeetingState.CANCELLED, dt.date(2026, 12, 8)),
    ],
)
def test_papers_are_only_issued_between_publishing_and_the_start(
    client_as, state, date
):
    meeting = MeetingFactory(state=state, date=date)
    PaperFactory(item__meeting=meeting)

    response = client_as(Role.INVOLVEMENT).post(address(meeting))

    assert response.status_code in (403, 409)
    assert not Delivery.objects.exists()


def test_a_member_and_finance_find_no_such_page(client_as):
    meeting = with_paper(PersonFactory())

    for role in (Role.FINANCE, Role.AUDITOR, Role.SPONSOR):
        assert client_as(role).post(address(meeting)).status_code == 404

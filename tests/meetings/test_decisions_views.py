import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from coprod.core.enums import Role
from groups.governance.enums import AttributionMode
from meetings.actions import decisions
from meetings.actions import minutes as minutes_actions
from meetings.enums import DecisionOutcome, HeldBy, ItemPurpose, MeetingState, Stance
from meetings.models import Decision
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    UserFactory,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db
TYPED = {
    "wording": "We will send a card first.",
    "option_1": "A card",
    "option_2": "Ring first",
    "option_3": "Write only",
    "chosen": "1",
    "held_by": HeldBy.GROUP,
    "outcome": DecisionOutcome.AGREED,
    "how": "Nobody had a serious objection.",
    "review_date_day": "20",
    "review_date_month": "4",
    "review_date_year": "2027",
    "version": "0",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-12-10T12:00:00Z", tick=False):
        yield


@pytest.fixture
def staff():
    return staff_actor()


@pytest.fixture
def item():
    meeting = MeetingFactory(state=MeetingState.RECORDED, date=dt.date(2026, 12, 8))
    return AgendaItemFactory(meeting=meeting, position=1, purpose=ItemPurpose.DECISION)


def came(item, name):
    person, user = member_with_account(known_as=name)
    MembershipFactory(group=item.meeting.group, person=person)
    InvitationFactory(meeting=item.meeting, person=person)
    AttendanceFactory(meeting=item.meeting, person=person)
    return person, user


@pytest.fixture
def marian(item):
    return came(item, "Marian Okafor")


@pytest.fixture
def dot(item):
    return came(item, "Dot Hargreaves")


@pytest.fixture
def decision(item, marian, dot, staff):
    return decisions.record_decision(
        by=staff,
        item=item,
        wording="We will send a card first.",
        held_by=HeldBy.GROUP,
        outcome=DecisionOutcome.AGREED,
    )


@pytest.fixture
def sent_out(decision, staff):
    minutes = decision.item.meeting.minutes
    minutes_actions.save_section(
        by=staff, section=minutes.sections.get(), text="We decided.", version=1
    )
    minutes_actions.circulate(minutes=minutes, by=staff)
    return decision


def record_url(item):
    return reverse(
        "meetings:decision-record", args=[item.meeting.reference, item.position]
    )


def page(client, name, *args):
    response = client.get(reverse(f"meetings:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_staff_record_a_decision_with_its_options(client_as, item, marian, dot):
    response = client_as(Role.INVOLVEMENT).post(record_url(item), TYPED)

    assert response.url == reverse(
        "meetings:minutes-detail", args=[item.meeting.reference]
    )
    decision = Decision.objects.get()
    assert decision.review_date == dt.date(2027, 4, 20)
    assert [(o.text, o.chosen) for o in decision.options.order_by("position")] == [
        ("A card", True),
        ("Ring first", False),
        ("Write only", False),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"wording": ""}, "Write what was decided"),
        ({"chosen": "3", "option_3": ""}, "Choose a way that you wrote down above"),
        ({"chosen": "9"}, "Which way did the group choose?"),
        ({"outcome": ""}, "Choose what came of it"),
        ({"review_date_day": "31", "review_date_month": "2"}, "February"),
        ({"review_date_year": "2025"}, "The day you look at it again"),
        ({"option_1": "x" * 301}, "300"),
        ({"version": "old"}, "This page is too old"),
    ],
)
def test_a_decision_that_cannot_be_kept_says_why(
    client_as, item, marian, dot, *, change, sentence
):
    response = client_as(Role.INVOLVEMENT).post(record_url(item), TYPED | change)

    assert response.status_code == 200
    text = response.content.decode()
    assert "Error:" in text
    assert sentence in text
    assert "Nobody had a serious objection." in text
    assert Decision.objects.count() == 0


def test_too_few_people_are_told_at_the_field(client_as, item, marian):
    response = client_as(Role.INVOLVEMENT).post(record_url(item), TYPED)

    assert "Too few people were there to agree." in response.content.decode()
    assert response.context["form"].errors.keys() == {"outcome"}


def test_the_boxes_hold_what_the_decision_says(client_as, item, marian, dot):
    client = client_as(Role.INVOLVEMENT)
    client.post(record_url(item), TYPED | {"option_1": "", "chosen": "2"})

    initial = client.get(record_url(item)).context["form"].initial

    assert (initial["option_1"], initial["option_2"]) == ("Ring first", "Write only")
    assert (initial["chosen"], initial["version"]) == ("1", 1)


def test_the_second_of_two_writers_sees_what_the_first_wrote(client_as, item, decision):
    client = client_as(Role.INVOLVEMENT)
    client.post(record_url(item), TYPED | {"wording": "Ring first.", "version": "1"})

    response = client.post(
        record_url(item), TYPED | {"wording": "Write.", "version": "1"}
    )

    text = response.content.decode()
    assert "Somebody else wrote this decision first." in text
    assert "Ring first." in text
    assert "Write." in text
    assert response.context["form"]["version"].value() == "2"
    assert Decision.objects.get().wording == "Ring first."


def test_an_item_that_was_not_for_decision_has_no_page_for_one(client_as, item):
    talk = AgendaItemFactory(
        meeting=item.meeting, position=2, purpose=ItemPurpose.DISCUSSION
    )

    assert client_as(Role.INVOLVEMENT).get(record_url(talk)).status_code == 404


def test_a_member_sees_decisions_once_the_minutes_are_out(
    client_as, decision, marian, staff
):
    client = client_as(marian[1])
    assert "No decisions yet" in page(client, "decision-list")
    address = reverse("meetings:decision-detail", args=[decision.reference])
    assert client.get(address).status_code == 404

    minutes = decision.item.meeting.minutes
    minutes_actions.save_section(
        by=staff, section=minutes.sections.get(), text="We decided.", version=1
    )
    minutes_actions.circulate(minutes=minutes, by=staff)

    assert "We will send a card first." in page(client, "decision-list")
    assert "2 have not replied." in page(client, "decision-detail", decision.reference)


def test_somebody_outside_the_group_sees_no_decision(client_as, sent_out):
    _, stranger = member_with_account(known_as="Somebody Else")
    client = client_as(stranger)

    assert "We will send a card first." not in page(client, "decision-list")
    address = reverse("meetings:decision-detail", args=[sent_out.reference])
    assert client.get(address).status_code == 404


def test_only_the_team_sees_who_said_what(client_as, sent_out, marian, staff, dot):
    decisions.record_view(
        by=staff, decision=sent_out, person=dot[0], stance=Stance.SUPPORT
    )

    assert "Dot Hargreaves" not in page(
        client_as(marian[1]), "decision-detail", sent_out.reference
    )
    assert "Priya Nair, for Dot Hargreaves" in page(
        client_as(Role.LEAD), "decision-detail", sent_out.reference
    )


def test_a_member_says_what_she_thinks(client_as, sent_out, marian):
    person, user = marian
    address = reverse("meetings:view-say", args=[sent_out.reference])

    response = client_as(user).post(
        address,
        {"stance": Stance.CONCERN, "words": "I cannot see a photo.", "show_as": "none"},
    )

    assert response.url == reverse(
        "meetings:decision-detail", args=[sent_out.reference]
    )
    view = sent_out.views.get(person=person)
    assert (view.stance, view.words, view.show_as) == (
        Stance.CONCERN,
        "I cannot see a photo.",
        AttributionMode.NONE,
    )


def test_a_member_cannot_be_shown_more_openly_than_her_group_chose(
    client_as, sent_out, marian
):
    address = reverse("meetings:view-say", args=[sent_out.reference])

    response = client_as(marian[1]).post(
        address, {"stance": Stance.CONCERN, "words": "Mine", "show_as": "named"}
    )

    assert response.status_code == 200
    assert sent_out.views.get(person=marian[0]).words == ""


def test_a_member_who_was_not_asked_has_nothing_to_say_it_in(client_as, sent_out):
    _, stranger = member_with_account(known_as="Somebody Else")
    address = reverse("meetings:view-say", args=[sent_out.reference])

    assert client_as(stranger).get(address).status_code == 404


def test_staff_write_down_what_somebody_said(client_as, sent_out, dot):
    client = client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))
    address = reverse(
        "meetings:view-record", args=[sent_out.reference, dot[0].reference]
    )

    client.post(address, {"stance": Stance.DISAGREE, "words": "No.", "show_as": "role"})

    view = sent_out.views.get(person=dot[0])
    assert (view.stance, view.said_by) == (
        Stance.DISAGREE,
        "Priya Nair, for Dot Hargreaves",
    )


def test_a_member_cannot_open_the_page_for_writing_for_another(
    client_as, sent_out, marian, dot
):
    address = reverse(
        "meetings:view-record", args=[sent_out.reference, dot[0].reference]
    )

    assert (
        client_as(marian[1]).post(address, {"stance": Stance.SUPPORT}).status_code
        == 404
    )
    assert sent_out.views.get(person=dot[0]).stance == Stance.NO_REPLY


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_list_takes_the_same_number_of_queries(
    client_as, item, marian, dot, staff, *, count, django_assert_num_queries
):
    for position in range(10, 10 + count):
        another = AgendaItemFactory(
            meeting=item.meeting, position=position, purpose=ItemPurpose.DECISION
        )
        decisions.record_decision(
            by=staff,
            item=another,
            wording=f"Decision {position}",
            held_by=HeldBy.GROUP,
            outcome=DecisionOutcome.AGREED,
        )
    client = client_as(Role.INVOLVEMENT)

    with django_assert_num_queries(5):
        page(client, "decision-list")

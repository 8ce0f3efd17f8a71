import datetime as dt

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, RuleBroken
from groups.notices.models import Delivery
from groups.people.enums import Capacity
from meetings.actions.attendance import AttendanceRow
from meetings.enums import MeetingState
from meetings.models import Attendance
from payments import queries
from payments.actions import attendance, claims, offers
from payments.enums import ClaimState, OfferAnswer
from payments.models import Claim, Offer
from tests.factories import (
    GroupFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    OfferFactory,
    PersonFactory,
    SignInFactory,
    UserFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.usefixtures("soon_after")


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


@pytest.fixture
def held(policy):
    """A meeting that is over, with these people invited and, unless in paid time, offered."""

    def make(*people, date=dt.date(2025, 11, 12), end_time=dt.time(12)):
        meeting = MeetingFactory(date=date, end_time=end_time)
        for person in people:
            InvitationFactory(meeting=meeting, person=person)
            if person.capacity in (Capacity.LIVED, Capacity.CARER):
                OfferFactory(meeting=meeting, person=person)
        return meeting

    return make


def came(person, minutes=120):
    return AttendanceRow(person.pk, "present", "room", minutes)


def test_recording_who_came_drafts_a_claim_and_tells_the_member(held, marian, worker):
    meeting = held(marian, end_time=dt.time(13, 15))

    drafted = attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian, 195)]
    )

    claim = Claim.objects.get()
    assert drafted == [claim]
    assert (claim.person, claim.state) == (marian, ClaimState.DRAFT)
    line = claim.lines.get()
    assert (line.quantity, line.claimed_pence, line.policy_version.number) == (
        195,
        8125,
        1,
    )
    told = Delivery.objects.get(notice__occasion="claim.drafted")
    assert told.person == marian
    assert "3 hours 15 minutes at £25.00 an hour. £81.25." in told.body


def test_a_postal_member_is_told_that_we_will_ring(held, dot, worker):
    meeting = held(dot)

    attendance.record_attendance_and_draft(meeting=meeting, by=worker, rows=[came(dot)])

    told = Delivery.objects.get(notice__occasion="claim.drafted")
    assert told.channel == "letter"
    assert "We will ring you" in told.body


def test_whoever_recorded_attendance_is_no_helper_and_may_check(held, marian, worker):
    meeting = held(marian)

    [claim] = attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian)]
    )

    assert not claim.helpers.exists()


def test_staff_who_came_in_paid_time_get_no_claim(held, marian, worker):
    colleague = PersonFactory(capacity=Capacity.STAFF)
    meeting = held(marian, colleague)

    attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian), came(colleague)]
    )

    assert [claim.person for claim in Claim.objects.all()] == [marian]
    assert Attendance.objects.filter(person=colleague, minutes=120).exists()


def test_those_who_did_not_come_get_no_claim(held, marian, worker):
    meeting = held(marian)

    attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[AttendanceRow(marian.pk, "apologies")]
    )

    assert not Claim.objects.exists()


def test_costs_only_chosen_beforehand_drafts_time_at_no_pay(
    held, marian, as_marian, worker
):
    meeting = held(marian)
    offers.choose(
        offer=Offer.objects.get(),
        answer=OfferAnswer.EXPENSES_ONLY,
        by=as_marian,
        told_how="online",
    )

    [claim] = attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian)]
    )

    assert claim.lines.get().claimed_pence == 0


def test_a_correction_prices_a_waiting_draft_again(held, marian, worker):
    meeting = held(marian)
    attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian)]
    )

    attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian, 60)]
    )

    claim = Claim.objects.get()
    assert queries.sums_of(claim).time == 2500
    assert Delivery.objects.filter(notice__occasion="claim.drafted").count() == 1


def test_a_correction_to_not_there_calls_the_draft_off(held, marian, worker):
    meeting = held(marian)
    attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian)]
    )

    attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[AttendanceRow(marian.pk, "absent")]
    )

    claim = Claim.objects.get()
    assert claim.state == ClaimState.WITHDRAWN
    assert queries.time_line_of(marian.pk, meeting.pk) is None


def test_a_correction_after_the_claim_was_sent_is_refused_and_changes_nothing(
    held, marian, as_marian, worker
):
    meeting = held(marian)
    [claim] = attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian)]
    )
    offers.choose(
        offer=Offer.objects.get(),
        answer=OfferAnswer.ALL,
        by=as_marian,
        told_how="online",
    )
    claim.refresh_from_db()
    claims.submit_claim(claim=claim, by=as_marian, told_how="online")

    with pytest.raises(RuleBroken, match="has already sent in claim"):
        attendance.record_attendance_and_draft(
            meeting=meeting, by=worker, rows=[came(marian, 60)]
        )

    assert Attendance.objects.get().minutes == 120
    assert queries.sums_of(claim).time == 5000


def test_saying_the_same_again_after_the_claim_was_sent_is_no_correction(
    held, marian, worker
):
    meeting = held(marian)
    [claim] = attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian)]
    )
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.SUBMITTED)

    again = attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian)]
    )

    assert again == []
    assert Claim.objects.count() == 1


def test_the_attendance_page_reads_two_hours_and_drafts(staff, held, marian):
    meeting = held(marian)
    address = reverse("payments:meeting-attendance", args=[meeting.reference])
    name = marian.reference
    page = staff.get(address).content.decode()

    answer = staff.post(
        address,
        {
            f"{name}-status": "present",
            f"{name}-join_mode": "room",
            f"{name}-minutes": "2 hours",
        },
    )

    assert "Did Marian Okafor come?" in page
    assert answer.status_code == 302
    assert queries.sums_of(Claim.objects.get()).time == 5000


def test_minutes_that_cannot_be_get_a_sentence_and_nothing_is_kept(staff, held, marian):
    meeting = held(marian)
    name = marian.reference

    page = staff.post(
        reverse("payments:meeting-attendance", args=[meeting.reference]),
        {
            f"{name}-status": "present",
            f"{name}-join_mode": "room",
            f"{name}-minutes": "9 hours",
        },
    )

    assert "must be 3 hours or less" in page.content.decode()
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"minutes": "25 hours"}, "The time for {} must be 24 hours or less"),
        ({"minutes": "9 hours"}, "The time for {} must be 3 hours or less"),
        ({"minutes": "long"}, "The time for {} must be hours and minutes"),
        ({"minutes": ""}, "Say how long {} was there"),
        ({"join_mode": ""}, "Choose how {} joined"),
        ({"join_mode": "boat"}, "Choose how {} joined: one of the answers"),
        ({"status": ""}, "Choose if {} came"),
        ({"status": "perhaps"}, "Choose if {} came: one of the answers"),
        ({"supported_by": "x" * 121}, "The name of who supported {} can have 120"),
    ],
)
def test_each_slip_in_the_register_names_the_person_whose_line_it_is(
    staff, held, marian, wrong, sentence
):
    dot = PersonFactory(known_as="Dot Hargreaves")
    meeting = held(marian, dot)
    right = {"status": "present", "join_mode": "room", "minutes": "2 hours"}
    line = right | wrong

    page = staff.post(
        reverse("payments:meeting-attendance", args=[meeting.reference]),
        {f"{marian.reference}-{name}": value for name, value in line.items()}
        | {f"{dot.reference}-{name}": value for name, value in line.items()},
    ).content.decode()

    # Once in the summary and once at the box.
    assert page.count(sentence.format("Marian Okafor")) == 2
    assert page.count(sentence.format("Dot Hargreaves")) == 2
    assert not Attendance.objects.exists()


def test_attendance_of_a_meeting_to_come_is_refused(staff, held, marian):
    meeting = held(marian, date=dt.date(2099, 1, 5))

    page = staff.get(reverse("payments:meeting-attendance", args=[meeting.reference]))

    assert page.status_code == 403
    assert "This meeting has not begun" in page.content.decode()


@pytest.fixture
def planned(policy, marian, dot):
    """A planned meeting of a group in which two members and one colleague serve."""
    group = GroupFactory()
    colleague = PersonFactory(known_as="Tom Ashworth", capacity=Capacity.STAFF)
    for person in (marian, dot, colleague):
        MembershipFactory(group=group, person=person)
    return MeetingFactory(
        group=group, date=dt.date(2098, 6, 3), state=MeetingState.PLANNED
    )


def test_publishing_offers_payment_to_those_who_come_in_their_own_time(
    planned, marian, dot, worker
):
    offers.publish_meeting(meeting=planned, by=worker)

    made = Offer.objects.order_by("person__known_as")
    assert [offer.person.known_as for offer in made] == [
        "Dot Hargreaves",
        "Marian Okafor",
    ]
    assert {offer.version.number for offer in made} == {3}
    told = Delivery.objects.get(person=marian, notice__occasion="meeting.invitation")
    assert "£27.50 for each hour" in told.body
    assert "£55.00" in told.body
    tom = Delivery.objects.get(
        person__known_as="Tom Ashworth", notice__occasion="meeting.invitation"
    )
    assert "£27.50" not in tom.body


def test_publishing_twice_makes_each_offer_once(planned, worker):
    offers.publish_meeting(meeting=planned, by=worker)
    offers.publish_meeting(meeting=planned, by=worker)

    assert Offer.objects.count() == 2


def test_publishing_for_a_day_without_a_policy_is_refused_and_writes_nothing(
    planned, policy, worker
):
    policy.versions.filter(number=3).update(to_date=dt.date(2026, 12, 31))

    with pytest.raises(RuleBroken, match="no payment policy for Tuesday 3 June 2098"):
        offers.publish_meeting(meeting=planned, by=worker)

    planned.refresh_from_db()
    assert planned.state == MeetingState.PLANNED
    assert not Delivery.objects.exists()


def test_the_publish_page_says_who_how_and_what_and_then_does_it(staff, planned):
    address = reverse("payments:meeting-publish", args=[planned.reference])
    page = " ".join(staff.get(address).content.decode().split())

    answer = staff.post(address)

    assert "Dot Hargreaves" in page
    assert ">Letter</td>" in page
    assert "No; comes in paid time" in page
    assert "We offer you £27.50 for each hour you take part." in page
    assert answer.url == planned.get_absolute_url()
    planned.refresh_from_db()
    assert planned.state == MeetingState.PUBLISHED


def test_the_publish_page_says_when_no_policy_covers_the_day(staff, planned, policy):
    policy.versions.filter(number=3).update(to_date=dt.date(2026, 12, 31))
    address = reverse("payments:meeting-publish", args=[planned.reference])

    shown = staff.get(address).content.decode()
    tried = staff.post(address).content.decode()

    assert "This meeting cannot be published yet" in shown
    assert "There is no payment policy for Tuesday 3 June 2098 yet." in tried
    assert not Offer.objects.exists()


def test_a_member_chooses_before_the_meeting(
    planned, marian, as_marian, worker, client_as
):
    offers.publish_meeting(meeting=planned, by=worker)
    SignInFactory(user=as_marian.user, person=marian)
    hers = client_as(as_marian.user)
    address = reverse("payments:offer-choose", args=[planned.reference])

    page = hers.get(address).content.decode()
    hers.post(address, {"answer": "advice"})
    again = hers.post(address, {}).content.decode()

    assert "checked" not in page
    assert Offer.objects.get(person=marian).choices.get().answer == OfferAnswer.ADVICE
    assert "Choose what you want to do" in again


def test_nobody_else_chooses_for_a_member(held, marian, dot):
    held(marian)

    with pytest.raises(ActionDenied):
        offers.choose(
            offer=Offer.objects.get(),
            answer=OfferAnswer.ALL,
            by=actor_for_person(dot),
            told_how="online",
        )
    assert not Offer.objects.get().choices.exists()


def test_staff_owe_a_check_a_read_back_call_and_advice(
    held, marian, dot, as_marian, worker
):
    meeting = held(marian, dot)
    attendance.record_attendance_and_draft(
        meeting=meeting, by=worker, rows=[came(marian), came(dot)]
    )
    hers = Claim.objects.get(person=marian)
    his = Claim.objects.get(person=dot)
    today = dt.date(2099, 1, 1)
    offer = Offer.objects.get(person=marian)

    before = queries.owed(actor=worker, today=today)
    offers.choose(
        offer=offer, answer=OfferAnswer.ADVICE, by=as_marian, told_how="online"
    )
    wanting_advice = queries.owed(actor=worker, today=today)
    offers.choose(offer=offer, answer=OfferAnswer.ALL, by=as_marian, told_how="online")
    hers.refresh_from_db()
    claims.submit_claim(claim=hers, by=as_marian, told_how="online")
    sent = queries.owed(actor=worker, today=today)

    assert [row.what for row in before] == [f"Ring to read back claim {his.reference}"]
    assert f"Ring about advice first, claim {hers.reference}" in [
        row.what for row in wanting_advice
    ]
    assert f"Check claim {hers.reference}" in [row.what for row in sent]
    assert all(row.is_late for row in sent)
    assert queries.owed(actor=staff_actor(Role.FINANCE), today=today) == []

"""What stops when a person dies, leaves, takes a break or wants something no longer, and returns."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from coprod.core import dates
from coprod.core.enums import Role
from groups.notices import actions, reach
from groups.notices.actions import breaks
from groups.notices.messages import Message
from groups.notices.models import Delivery, PrintRun
from groups.people import actions as people_actions
from groups.people.enums import Purpose
from groups.people.models import ChannelPreference, ConsentWording, Person
from tests.factories import (
    DeliveryFactory,
    InvitationFactory,
    MeetingFactory,
    NoticeFactory,
    PersonFactory,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def staff(client_as):
    return client_as(Role.INVOLVEMENT)


def plan(person: Person, **values: Any) -> Delivery:
    person, now = Person.objects.get(pk=person.pk), timezone.now()
    given: dict[str, Any] = {
        "occasion": "meeting.reminder",
        "about": "M-1",
        "purpose": Purpose.MEETINGS,
        "due_at": now + DAY,
        "expires_at": now + 3 * DAY,
    }
    notice = actions.plan_notice(
        by=staff_actor(),
        title="Soon",
        messages=[Message(person, "Soon", "It is soon.")],
        **given | values,
    )
    return notice.deliveries.get(person=person)


def everything_for(person: Person) -> None:
    """One message in each state in which it may still reach her, or make somebody try."""
    soon = timezone.now() + DAY
    kinds: list[dict[str, Any]] = [
        {},
        {"held_until": soon},
        {"in_digest": True},
        {"state": "failed", "reason": "Refused"},
        {"state": "claimed", "claim_token": uuid.uuid4(), "claimed_until": soon},
        {"channel": "letter", "print_run": PrintRun.objects.create()},
        {"channel": "phone"},
        {
            "channel": "letter",
            "state": "bounced",
            "sent_at": timezone.now(),
            "sent_by_name": "Priya Nair",
        },
    ]
    for number, values in enumerate(kinds):
        DeliveryFactory(
            person=person,
            due_at=soon,
            notice=NoticeFactory(
                about=f"X-{number}", purpose="money", is_essential=True
            ),
            **values,
        )


def move(staff: Any, person: Person, slug: str, **said: Any) -> None:
    answer = staff.post(f"/people/{person.reference}/record/{slug}/", said)
    assert answer.status_code == 302, answer.content.decode()


@pytest.mark.parametrize("slug", ["died", "leave"])
def test_everything_stops_the_moment_she_died_or_left(staff, slug):
    person, other = PersonFactory(), PersonFactory()
    everything_for(person)
    kept = DeliveryFactory(person=other)

    move(staff, person, slug)

    rows = Delivery.objects.filter(person=person)
    assert set(rows.values_list("state", "reason")) == {
        ("withdrawn", reach.NO_LONGER_IN_TOUCH)
    }
    kept.refresh_from_db()
    assert kept.state == "planned"


def test_what_is_just_being_handed_over_is_left_alone(staff):
    row = DeliveryFactory(
        state="claimed", handing_over=True, claim_token=uuid.uuid4(), claimed_until=timezone.now() + DAY
    )  # fmt: skip

    move(staff, row.person, "died")

    row.refresh_from_db()
    assert row.state == "claimed"


def test_a_printed_letter_keeps_its_pile_so_that_it_can_be_taken_out(staff):
    run = PrintRun.objects.create()
    letter = DeliveryFactory(channel="letter", print_run=run, page_count=1)

    move(staff, letter.person, "died")

    assert list(Delivery.objects.to_take_out()) == [letter]
    letter.refresh_from_db()
    assert letter.print_run == run


@pytest.mark.parametrize("slug", ["died", "leave"])
def test_a_mistake_is_put_right_and_what_is_still_of_use_goes_out(staff, slug):
    person = PersonFactory()
    plan(person, about="M-1")
    plan(person, about="M-2", due_at=timezone.now() - DAY)
    plan(person, about="M-3", expires_at=timezone.now() + DAY)
    plan(person, about="M-4", expires_at=None)
    move(staff, person, slug)
    Delivery.objects.filter(notice__about="M-3").update(expires_at=timezone.now() - DAY)
    actions.withdraw(
        by=staff_actor(), occasion=None, about="M-2", reason="The meeting is off."
    )

    move(staff, person, "mistake")

    person.refresh_from_db()
    assert person.state == "active"
    assert dict(Delivery.objects.values_list("notice__about", "state")) == {
        "M-1": "planned",
        "M-2": "withdrawn",
        "M-3": "withdrawn",
        "M-4": "planned",
    }


def test_who_left_and_is_welcomed_back_later_is_not_sent_what_had_stopped(staff):
    person = PersonFactory()
    plan(person)
    move(staff, person, "leave")

    move(staff, person, "welcome")

    assert Delivery.objects.get().state == "withdrawn"


def consent(person: Person, purpose: str) -> Any:
    wording = ConsentWording.objects.filter(purpose=purpose)[0]
    return people_actions.give_consent(
        by=staff_actor(),
        person=person,
        consent=people_actions.NewConsent(wording.pk, "phone"),
    )


def test_consent_taken_back_stops_everything_that_waits_and_all_that_is_new(client_as):
    person, user = member_with_account()
    record = consent(person, "network")
    plan(person, about="M-1", purpose="money")

    client_as(user).post(f"/me/consents/{record.pk}/withdraw/")
    plan(person, about="M-2", is_essential=True)

    assert set(Delivery.objects.values_list("state", "reason")) == {
        ("withdrawn", reach.NO_CONSENT)
    }


def test_consent_given_again_lets_go_what_is_still_of_use(client_as):
    person = PersonFactory()
    record = consent(person, "network")
    people_actions.withdraw_consent(by=staff_actor(), record=record)
    plan(person)

    consent(person, "network")

    assert Delivery.objects.get().state == "planned"


def test_consent_to_news_taken_back_stops_news_alone():
    person = PersonFactory()
    record = consent(person, "news")
    plan(person, about="O-1", purpose="news")
    plan(person, about="M-1")

    people_actions.withdraw_consent(by=staff_actor(), record=record)

    assert dict(Delivery.objects.values_list("notice__about", "state")) == {
        "O-1": "withdrawn",
        "M-1": "planned",
    }


def test_who_was_never_asked_to_agree_is_written_to():
    assert plan(PersonFactory()).state == "planned"


def wish(client: Any, person: Person, **said: str) -> None:
    person.refresh_from_db()
    answer = client.post(
        "/me/reach/",
        {"version": person.version, "channel": "email", "print_size": "14"} | said,
    )
    assert answer.status_code == 302, answer.content.decode()


def test_what_she_switches_off_stays_away_and_comes_again_when_she_wants_it(client_as):
    person, user = member_with_account()
    member = client_as(user)
    waiting = plan(person, about="M-1", purpose="reminders")

    wish(member, person, reminders_way="no")
    new = plan(person, about="M-2", purpose="reminders")
    kept = plan(person, about="M-3", purpose="meetings")

    for row, state in ((waiting, "withdrawn"), (new, "withdrawn"), (kept, "planned")):
        row.refresh_from_db()
        assert row.state == state
    assert waiting.reason == new.reason == "They asked us not to send these."
    Delivery.objects.filter(pk=new.pk).update(
        expires_at=timezone.now(), due_at=timezone.now()
    )

    wish(member, person, reminders_way="")

    for row, state in ((waiting, "planned"), (new, "withdrawn")):
        row.refresh_from_db()
        assert row.state == state


def test_a_wish_leaves_a_letter_in_its_pile(client_as):
    person, user = member_with_account(channel="letter")
    letter = plan(person)
    actions.make_print_run(by=staff_actor(), due_before=None)

    wish(client_as(user), person, channel="letter", meetings_way="no")

    letter.refresh_from_db()
    assert letter.state == "planned"


def test_what_somebody_has_dealt_with_keeps_its_state(staff):
    row = DeliveryFactory(
        state="failed", dealt_with_at=timezone.now(), dealt_with_by=staff_actor().user
    )

    move(staff, row.person, "died")

    row.refresh_from_db()
    assert row.state == "failed"


def test_during_a_break_only_what_matters_most_comes(staff):
    person = PersonFactory()
    meeting, other = MeetingFactory(), MeetingFactory()
    InvitationFactory(person=person, meeting=meeting, reply="coming")
    InvitationFactory(person=person, meeting=other)
    waiting = plan(person, about=other.reference)
    going = plan(person, about=meeting.reference)

    move(staff, person, "pause", length="3")

    states = {
        "told of another": waiting,
        "told of hers": going,
        "new of another": plan(person, about=f"{other.reference} {person.reference}"),
        "new of hers": plan(person, about=f"{meeting.reference} {person.reference}"),
        "money": plan(person, about="C-1", purpose="money"),
        "essential": plan(person, about="M-9", is_essential=True),
        "after the break": plan(
            person, about="M-10", due_at=timezone.now() + 120 * DAY, expires_at=None
        ),
    }
    for row in states.values():
        row.refresh_from_db()
    assert {name: row.state for name, row in states.items()} == {
        "told of another": "withdrawn",
        "told of hers": "planned",
        "new of another": "withdrawn",
        "new of hers": "planned",
        "money": "planned",
        "essential": "planned",
        "after the break": "planned",
    }
    assert waiting.reason == "They are taking a break."


def test_coming_back_early_brings_what_is_still_to_come(client_as):
    person, user = member_with_account()
    member = client_as(user)
    row = plan(person)
    member.post("/me/pause/", {"length": "3"})
    row.refresh_from_db()
    assert row.state == "withdrawn"

    member.post("/me/pause/end/")

    row.refresh_from_db()
    assert (row.state, row.reason) == ("planned", "")


def test_the_weekly_email_is_left_at_once_when_she_no_longer_wants_it(client_as):
    person, user = member_with_account(wants_digest=True)
    row = plan(person, due_at=timezone.now())
    Delivery.objects.update(in_digest=True, due_at=timezone.now() + 5 * DAY)

    wish(client_as(user), person, asked="wants_digest voicemail_ok")

    row.refresh_from_db()
    assert not row.in_digest
    assert row.due_at <= timezone.now()


def test_what_can_wait_comes_in_the_weekly_email_unless_that_is_too_late(
    settings, time_machine
):
    # A Friday; the weekly e-mail goes on Monday at nine.
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)
    person, now = PersonFactory(wants_digest=True), timezone.now()

    def planned(about: str, channel: str = "", **values: Any) -> Delivery:
        notice = actions.plan_notice(
            by=staff_actor(), occasion="news", about=about, purpose="news", title="News",
            messages=[Message(person, "News", "Words.", can_wait=True, channel=channel)],
            due_at=now, **values,
        )  # fmt: skip
        return notice.deliveries.get()

    weekly = planned("1")
    late = planned("2", expires_at=now + DAY)
    essential = planned("3", is_essential=True)
    letter = planned("4", channel="letter")

    assert weekly.in_digest
    assert weekly.due_at == dates.wall_to_instant(dt.date(2026, 11, 23), dt.time(9))
    for row in (late, essential, letter):
        assert (row.in_digest, row.due_at) == (False, now)


def test_a_message_for_a_thing_with_a_print_of_its_own(staff):
    person = PersonFactory(channel="letter", print_size=18)
    ChannelPreference.objects.create(person=person, purpose="money", print_size=24)

    assert plan(person, about="C-1", purpose="money").print_size == 24
    assert plan(person, about="M-1").print_size == 18


def test_what_is_posted_instead_is_in_the_print_of_its_own_purpose():
    person = PersonFactory(print_size=18)
    person.contact_points.create(kind="post", value="1 Mill Lane", postcode="NS4 2QT")
    ChannelPreference.objects.create(person=person, purpose="money", print_size=24)
    failed = DeliveryFactory(
        person=person, state="failed", notice=NoticeFactory(purpose="money")
    )

    letter = actions.use_other_channel(
        by=staff_actor(), delivery=failed, channel="letter"
    )

    assert letter.print_size == 24


def test_whom_nothing_reaches_is_a_task_with_a_name_on_it():
    contact = staff_actor().user
    person = PersonFactory(staff_contact=contact)
    person.contact_points.all().delete()

    row = plan(person)

    assert (row.state, row.owner) == ("failed", contact)


def test_with_no_mail_server_the_next_way_is_used_or_somebody_is_asked(settings):
    settings.EMAIL_THROUGH = ""
    reader, both = PersonFactory(), PersonFactory(channel="letter")
    both.preferences.update(channel="email")

    failed, letter = plan(reader), plan(both)

    assert letter.channel == "letter"
    assert (failed.state, failed.reason) == ("failed", reach.NOTHING_SENDS_IT)


def test_a_text_goes_to_her_mobile_where_somebody_sends_texts(settings):
    settings.TEXT_THROUGH = "file"
    person = PersonFactory(channel="phone")
    person.preferences.update(channel="text")
    person.contact_points.update(kind="mobile", value="+447700900118")

    texted = plan(person, about="M-1")
    settings.TEXT_THROUGH = ""
    rung = plan(person, about="M-2")

    assert (texted.channel, texted.address) == ("text", "07700 900118")
    assert rung.channel == "phone"


def test_what_is_essential_and_too_late_by_post_goes_by_phone():
    person = PersonFactory(channel="letter")
    person.contact_points.create(kind="landline", value="+441632960447")
    soon = timezone.now() + DAY

    assert plan(person, about="M-1", expires_at=soon).channel == "letter"
    urgent = plan(person, about="M-2", expires_at=soon, is_essential=True)
    assert urgent.channel == "phone"
    far = plan(person, about="M-3", expires_at=timezone.now() + 30 * DAY, is_essential=True)  # fmt: skip
    assert far.channel == "letter"


def test_a_stopped_text_number_sends_what_waits_another_way(settings):
    settings.TEXT_THROUGH = "file"
    person = PersonFactory(channel="text")
    person.contact_points.create(kind="landline", value="+441632960447")
    row = plan(person)
    assert row.channel == "text"

    people_actions.stop_contact_point(
        by=staff_actor(), point=person.contact_points.get(kind="text"), reason="Gone"
    )

    row.refresh_from_db()
    assert (row.channel, row.state) == ("phone", "planned")


def test_a_break_that_is_over_is_written_down_once_and_she_is_told_once(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)
    today = dates.today()
    over = PersonFactory(state="paused", paused_until=today - DAY)
    lasting = PersonFactory(state="paused", paused_until=today)
    open_ended = PersonFactory(state="paused")

    assert [breaks.end_breaks(), breaks.end_breaks()] == [1, 0]

    for person in (over, lasting, open_ended):
        person.refresh_from_db()
    assert (over.state, over.paused_until) == ("active", None)
    assert (lasting.state, open_ended.state) == ("paused", "paused")
    told = Delivery.objects.get()
    assert (told.person, told.state) == (over, "planned")
    assert "until Thursday 19 November 2026" in told.body


def test_what_the_break_kept_away_and_is_still_to_come_goes_out_when_it_is_over():
    person = PersonFactory(state="paused", paused_until=dates.today())
    row = plan(person, due_at=timezone.now(), expires_at=timezone.now() + 9 * DAY)
    assert row.state == "withdrawn"
    Person.objects.update(paused_until=dates.today() - DAY)

    breaks.end_breaks()

    row.refresh_from_db()
    assert row.state == "planned"


def test_letters_to_take_out_stand_in_the_outbox_and_on_the_first_page(staff):
    run = PrintRun.objects.create()
    letter = DeliveryFactory(
        channel="letter", print_run=run, page_count=1, pile_number=4,
        person__known_as="Dot Hargreaves",
    )  # fmt: skip
    posted = DeliveryFactory(
        channel="letter", print_run=run, page_count=1, state="withdrawn",
        sent_at=timezone.now(), sent_by_name="Priya Nair",
    )  # fmt: skip
    assert "Take out of the pile" not in staff.get("/outbox/").content.decode()

    move(staff, letter.person, "died")

    shown = staff.get("/outbox/").content.decode()
    assert f"Pile {run.reference}, number 4: tick it off" in shown
    assert posted.person.known_as not in shown
    assert "Take a letter out of the pile" in staff.get("/").content.decode()
    staff.post(
        f"/outbox/letters/{run.reference}/take-out/", {"taken_out": letter.reference}
    )
    assert "Take out of the pile" not in staff.get("/outbox/").content.decode()
    assert "Take a letter out of the pile" not in staff.get("/").content.decode()

"""Every list asks the database as much for sixty rows as for one.

A list is an address whose name ends in "list" or another word of LISTS. A new one fails until it
has a builder here.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coprod.core import audit, uploads
from coprod.core.enums import Role
from coprod.core.models import StoredFile
from groups.notices.models import Notice
from groups.people.models import Person, SignIn
from meetings.models import AccessArrangement, Action, Decision
from payments.models import PaymentResult, PayRun, PolicyVersion, ResultsFile
from tests import factories as make
from tests.architecture.addresses import addresses


def _one_meeting() -> Any:
    from meetings.models import Meeting

    return Meeting.objects.first() or make.MeetingFactory()


def _arrangement(number: int) -> None:
    person = make.PersonFactory()
    make.InvitationFactory(meeting=_one_meeting(), person=person)
    AccessArrangement.objects.create(
        meeting=_one_meeting(), person=person, need=make.AccessNeedFactory(person=person),
        wording="A room with no steps", owner=make.UserFactory(), due_date=dt.date(2026, 12, 1),
    )  # fmt: skip


def _decision(number: int) -> None:
    minutes = make.MinutesFactory()
    item = make.AgendaItemFactory(meeting=minutes.meeting, purpose="decision")
    Decision.objects.create(
        item=item,
        wording="We choose the first.",
        held_by="group",
        rule="consent",
        outcome="deferred",
    )


def _action(number: int) -> None:
    minutes = make.MinutesFactory()
    item = make.AgendaItemFactory(meeting=minutes.meeting)
    Action.objects.create(
        item=item,
        words="Send the leaflet.",
        owner=make.PersonFactory(),
        due_date=dt.date(2026, 12, 1),
    )


def _claim(number: int) -> None:
    make.time_line(make.ClaimFactory(state="submitted"))


def _sent(number: int) -> None:
    make.DeliveryFactory(
        state="handed_over", sent_at=timezone.now(), sent_by_name="Priya Nair"
    )


def _pay_run(number: int) -> None:
    PayRun.objects.create(pay_date=dt.date(2026, 12, 1), built_by=make.UserFactory())


def _policy(number: int) -> None:
    policy = make.make_policy()
    PolicyVersion.objects.create(
        policy=policy, number=10 + number, from_date=dt.date(2030, 1, 1) + dt.timedelta(days=number),
        summary="What we pay.", drafted_by=make.UserFactory(),
    )  # fmt: skip


def _exception(number: int) -> None:
    file = StoredFile.objects.first() or uploads.keep(
        data=b"x", name="x.csv", content_type="text/csv", by=make.staff_actor()
    )
    loaded, _ = ResultsFile.objects.get_or_create(
        sha256="0" * 64,
        defaults={"file": file, "loaded_by": make.UserFactory(), "row_count": 1},
    )
    PaymentResult.objects.create(
        results_file=loaded,
        row_number=number,
        outcome="exception",
        why="We know no such number.",
    )


def _told(number: int) -> None:
    meeting = _one_meeting()
    person = make.PersonFactory()
    make.InvitationFactory(meeting=meeting, person=person)
    notice = Notice.objects.filter(about=meeting.reference).first()
    make.DeliveryFactory(
        person=person,
        state=("failed", "planned")[number % 2],
        notice=notice
        or make.NoticeFactory(occasion="meeting.invitation", about=meeting.reference),
    )


def _one_person() -> Any:
    return Person.objects.filter(known_as="Dot").first() or make.PersonFactory(
        known_as="Dot"
    )


def _her_account() -> Any:
    key = SignIn.objects.filter(person=_one_person()).first()
    return key.user if key else make.SignInFactory(person=_one_person()).user


def _to_her(number: int) -> None:
    make.DeliveryFactory(
        person=_one_person(),
        state="handed_over",
        sent_at=timezone.now(),
        sent_by_name="Priya Nair",
    )


def _event(number: int) -> None:
    audit.record(
        by=make.staff_actor(),
        verb="changed record",
        on=_one_person(),
        about_person_id=_one_person().pk,
    )


Builder = Callable[[int], Any]
# Address, who reads it (a role, or what finds the account), and what makes its rows.
BUILDERS: dict[str, tuple[Any, Builder]] = {
    "people:list": (Role.INVOLVEMENT, lambda _: make.AccessNeedFactory()),
    "governance:group-list": (Role.INVOLVEMENT, lambda _: make.MembershipFactory()),
    "meetings:meeting-list": (Role.INVOLVEMENT, lambda _: make.InvitationFactory()),
    "meetings:series-list": (Role.INVOLVEMENT, lambda _: make.SeriesFactory()),
    "meetings:access-list": (Role.INVOLVEMENT, _arrangement),
    "meetings:meeting-messages": (Role.INVOLVEMENT, _told),
    "meetings:action-list": (Role.INVOLVEMENT, _action),
    "meetings:decision-list": (Role.INVOLVEMENT, _decision),
    "payments:claim-list": (Role.APPROVER, _claim),
    "payments:pay-run-list": (Role.FINANCE, _pay_run),
    "payments:payee-list": (Role.FINANCE, lambda _: make.PayeeFactory()),
    "payments:policy-list": (Role.LEAD, _policy),
    "payments:exception-list": (Role.FINANCE, _exception),
    "notices:history": (Role.INVOLVEMENT, _sent),
    "notices:person-messages": (Role.INVOLVEMENT, _to_her),
    "notices:my-messages": (_her_account, _to_her),
    "people:history": (Role.INVOLVEMENT, _event),
    "notices:outbox": (
        Role.INVOLVEMENT,
        lambda _: make.DeliveryFactory(channel="letter"),
    ),
}


LISTS = ("list", "outbox", "messages", "history")
# The figure every list is held to, and those that may ask more, each with its reason.
GATE = 8
WIDER = {
    "notices:outbox": (
        13,
        "seven lists: today, what can be undone, letters, piles, to take out, calls, troubles",
    )
}


def test_every_list_is_counted() -> None:
    lists = {
        address.name
        for address in addresses()
        if not address.is_allauth and address.name.endswith(LISTS)
    }
    counted = {name.split(":")[1] for name in BUILDERS}
    assert lists <= counted, (
        f"Say in test_lists.py how to fill {sorted(lists - counted)}"
    )


def _url(name: str) -> str:
    about = {
        "meetings:access-list": _one_meeting,
        "meetings:meeting-messages": _one_meeting,
        "notices:person-messages": _one_person,
        "people:history": _one_person,
    }
    return reverse(name, args=[about[name]().reference] if name in about else [])


@pytest.mark.django_db
@pytest.mark.parametrize("name", BUILDERS)
def test_a_list_asks_as_much_for_sixty_rows_as_for_one(
    name: str, client_as: Any
) -> None:
    who, build = BUILDERS[name]
    client = client_as(who() if who is _her_account else who, fresh=True)
    made = 0
    counts = {}
    for wanted in (1, 3, 60):
        while made < wanted:
            made += 1
            build(made)
        client.get(_url(name))  # what is asked once and kept is asked here
        with CaptureQueriesContext(connection) as asked:
            response = client.get(_url(name))
        assert response.status_code == 200
        counts[wanted] = len(asked)
    assert len(set(counts.values())) == 1, counts
    gate, _ = WIDER.get(name, (GATE, ""))
    assert counts[60] <= gate, f"{name} asks {counts[60]} times"
    assert name not in WIDER or counts[60] > GATE, f"{name} needs no wider gate"

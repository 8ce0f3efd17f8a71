"""A small county: the demonstration, a second group nobody of the first may see, and people of
every kind at the door."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from coprod.core import uploads
from coprod.core.actors import Actor
from coprod.core.enums import DocumentState
from coprod.core.models import User
from coprod.home.demo import telling
from groups.governance.enums import MembershipState
from groups.governance.models import Group
from groups.notices.actions.planning import UNDONE
from groups.notices.actions.printing import make_print_run
from groups.notices.models import Alert, Delivery
from groups.people import queries as people_queries
from groups.people.enums import GivenHow, SignInCapacity
from groups.people.models import ConsentRecord, ConsentWording, Person, SignIn
from meetings import documents
from meetings.enums import CorrectionState, MinutesState
from meetings.models import (
    AccessArrangement,
    Action,
    CalendarFeed,
    Correction,
    Decision,
    DecisionView,
    Meeting,
    MinutesSection,
    PaperFile,
    Revision,
)
from meetings.models.feed import hash_of
from payments.enums import OfferAnswer, ResultOutcome
from payments.models import (
    Claim,
    ClaimLine,
    OfferChoice,
    PaymentResult,
    PolicyVersion,
    Receipt,
    ResultsFile,
)
from tests import factories as make
from tests.architecture.canaries import Flock
from tests.conftest import FormClient, sign_in

LATER = 12 * 60 * 60


@dataclass(eq=False)
class Persona:
    """Somebody at the door: with which account, and as whom."""

    name: str
    client: Any
    user: User | None = None
    actor: Actor | None = None
    roles: frozenset[str] = frozenset()


@dataclass
class World:
    member: Any = None
    stranger: Any = None
    former: Any = None
    meetings: list[Meeting] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    personas: dict[str, Persona] = field(default_factory=dict)
    flock: Flock = field(default_factory=Flock)
    # Of each address the form that was found there, with who may send it.
    forms: dict[str, Any] = field(default_factory=dict)
    # Filled in when all is built: what goes into each blank, and which marks each may meet.
    fillers: dict[tuple[str, str], Any] = field(default_factory=dict)
    may_read: dict[str, set[str]] = field(default_factory=dict)


def build() -> World:
    telling.tell()
    world = World()
    world.member = Person.objects.get(known_as="Marian Okafor")
    far = _second_group(world)
    _former(world)
    _papers_of(world, far)
    _being_written(far)
    _in_the_hands_of_the_chair()
    _make_files()
    _in_their_windows(world)
    _pick(world, far)
    _invite(world)
    Alert.objects.create(kind="count", about="2026-11-03", words="x")
    world.flock.let_out()
    for persona in world.personas.values():
        persona.actor = _actor(persona)
    return world


def _second_group(world: World) -> Meeting:
    """A group of other people, with a meeting behind it and all that comes of one."""
    world.stranger, user = make.member_with_account(known_as="Agnes Far")
    group = make.GroupFactory(name="Far Away Group")
    make.MembershipFactory(group=group, person=world.stranger)
    make.ProjectFactory(group=group)
    make.SeatFactory(group=group)
    last = timezone.localdate() - dt.timedelta(days=9)
    meeting = make.MeetingFactory(group=group, date=last, state="recorded")
    make.InvitationFactory(meeting=meeting, person=world.stranger)
    make.AttendanceFactory(meeting=meeting, person=world.stranger)
    _series(group)
    need = make.AccessNeedFactory(person=world.stranger)
    AccessArrangement.objects.create(
        meeting=meeting, person=world.stranger, need=need, wording="x",
        owner=meeting.planned_by, due_date=last,
    )  # fmt: skip
    wording = ConsentWording.objects.order_by("pk")[0]
    ConsentRecord.objects.create(
        person=world.stranger, wording=wording, given_how=GivenHow.PHONE, given_by="x"
    )
    make.SupporterFactory(member=world.stranger, supporter=make.PersonFactory())
    make.DeliveryFactory(
        person=world.stranger,
        state="handed_over",
        sent_at=timezone.now(),
        sent_by_name="x",
    )
    make.PayeeFactory(person=world.stranger)
    offer = make.OfferFactory(meeting=meeting, person=world.stranger)
    OfferChoice.objects.create(offer=offer, answer=OfferAnswer.ALL, chosen_by="x")
    results = ResultsFile.objects.order_by("pk")[0]
    PaymentResult.objects.create(
        results_file=results, row_number=99, outcome=ResultOutcome.EXCEPTION, why="x"
    )
    _claims_of(world.stranger, user, meeting)
    _draft_policy()
    return meeting


def _claims_of(person: Any, user: User, meeting: Meeting) -> None:
    draft = make.ClaimFactory(person=person, state="draft", drafted_by=user)
    make.time_line(draft, meeting)
    version = draft.lines.get().policy_version
    for kind, unit in (("parking", "pounds"), ("mileage", "miles")):
        line = ClaimLine.objects.create(
            claim=draft, person=person, kind=kind, unit=unit, activity_date=meeting.date,
            quantity=1, rate=1, policy_version=version, claimed_pence=100, allowed_pence=100,
        )  # fmt: skip
        file = make.StoredFileFactory(name="receipt.png", content_type="image/png")
        Receipt.objects.create(line=line, file=file)


def _draft_policy() -> None:
    policy = PolicyVersion.objects.order_by("pk")[0].policy
    PolicyVersion.objects.create(
        policy=policy, number=9, from_date=dt.date(2031, 1, 1), summary="x",
        drafted_by=make.UserFactory(),
    )  # fmt: skip


def _former(world: World) -> None:
    """Somebody who left the first group: an account that opens an ended seat."""
    world.former, _ = make.member_with_account(known_as="Edith Former")
    make.MembershipFactory(
        group=Group.objects.get(name="Technology at Home"), person=world.former, seat=None,
        state=MembershipState.ENDED, to_date=timezone.localdate() - dt.timedelta(days=60),
    )  # fmt: skip
    make.DeliveryFactory(person=world.former)
    make.PayeeFactory(person=world.former)


def _papers_of(world: World, far: Meeting) -> None:
    """Papers with files, minutes with notes kept aside, and a decision, in the far group."""
    item = make.AgendaItemFactory(meeting=far, purpose="decision", position=1)
    paper = make.PaperFactory(item=item)
    for each in (
        paper,
        make.PaperFactory(item=_coming().items.order_by("position")[0]),
    ):
        PaperFile.objects.create(paper=each, file=make.StoredFileFactory())
    minutes = make.MinutesFactory(
        meeting=far, state=MinutesState.CIRCULATED, circulated_at=timezone.now(),
        circulated_by=far.planned_by,
    )  # fmt: skip
    section = MinutesSection.objects.create(minutes=minutes, item=item, text="x")
    Correction.objects.create(
        minutes=minutes, section=section, asked_for=world.stranger, words="x", asked_by="x",
        state=CorrectionState.ASKED,
    )  # fmt: skip
    for changed in (section, MinutesSection.objects.order_by("pk")[0]):
        Revision.objects.create(section=changed, version=1, text="x", kept_aside=True)
    decision = Decision.objects.create(
        item=item, wording="x", held_by="group", rule="consent", outcome="not_agreed"
    )
    DecisionView.objects.create(decision=decision, person=world.stranger)
    for noted in (section, MinutesSection.objects.order_by("pk")[0]):
        Action.objects.create(
            item=noted.item, words="x", owner=world.stranger, due_date=far.date
        )
    for person in (world.member, world.stranger):
        CalendarFeed.objects.create(
            person=person, secret_hash=hash_of(f"secret-{person.reference}")
        )


def _coming() -> Meeting:
    return Meeting.objects.filter(state="published", ends_at__gt=timezone.now()).get()


def _make_files() -> None:
    """Letters in a pile and copies of minutes and packs that are ready."""
    user = User.objects.get(name="Priya Nair")
    priya, _ = people_queries.actor_for(
        user, chosen_person_id=None, chosen_capacity=None, request_id="world"
    )
    letters = make_print_run(by=priya, due_before=None).document
    assert letters is not None
    made = [letters]
    for meeting in Meeting.objects.exclude(state="planned"):
        made.append(
            documents.ask_for_agenda_pack(meeting=meeting, large_print=False, by=priya)
        )
        if hasattr(meeting, "minutes"):
            made.append(
                documents.ask_for_minutes(
                    minutes=meeting.minutes, large_print=False, by=priya
                )
            )
    for document in made:
        document.file = uploads.keep(
            data=b"x", name="x.pdf", content_type="application/pdf", by=priya
        )
        document.state = DocumentState.READY
        document.save()


def _being_written(far: Meeting) -> None:
    """A meeting whose minutes are not out yet, with a note two people wrote at once."""
    meeting = make.MeetingFactory(
        group=far.group, date=far.date - dt.timedelta(days=1), state="recorded"
    )
    item = make.AgendaItemFactory(meeting=meeting, purpose="decision", position=1)
    minutes = make.MinutesFactory(meeting=meeting)
    section = MinutesSection.objects.create(minutes=minutes, item=item, text="x")
    Revision.objects.create(section=section, version=1, text="x", kept_aside=True)


def _in_the_hands_of_the_chair() -> None:
    """What the co-chair prepares and writes for the first group, which its members do not see."""
    coming = _coming()
    _being_written(coming)
    planned = make.MeetingFactory(
        group=coming.group, date=coming.date + dt.timedelta(days=30), state="planned"
    )
    make.PaperFactory(item=make.AgendaItemFactory(meeting=planned, position=1))
    _series(coming.group)


def _series(group: Group) -> None:
    """Meetings that come again, with one that is still being prepared."""
    series = make.SeriesFactory(group=group)
    make.MeetingFactory(
        group=group, date=series.first_date, state="planned", series=series,
        series_date=series.first_date,
    )  # fmt: skip


def _in_their_windows(world: World) -> None:
    """A call about the coming meeting, word that can still be undone, and word that was undone."""
    coming = _coming()
    dot = Person.objects.get(known_as="Dot Hargreaves")
    about = {"occasion": "meeting.reminder", "about": coming.reference}
    make.DeliveryFactory(
        person=dot, channel="phone",
        notice=make.NoticeFactory(**about, stage="reminder-3", version=99),
    )  # fmt: skip
    make.DeliveryFactory(person=world.stranger, channel="phone")
    priya = User.objects.get(name="Priya Nair")
    until = timezone.now() + dt.timedelta(seconds=LATER)
    undone = {"undone_at": timezone.now(), "undone_by": priya}
    for values, state, reason in (
        ({}, "planned", ""),
        (undone, "withdrawn", UNDONE),
    ):
        notice = make.NoticeFactory(held_until=until, planned_by=priya, **values)
        for person in (world.member, world.stranger):
            make.DeliveryFactory(
                person=person, notice=notice, held_until=until, due_at=until, state=state,
                reason=reason,
            )  # fmt: skip


def _pick(world: World, far: Meeting) -> None:
    world.meetings = [*Meeting.objects.exclude(pk=far.pk).order_by("pk"), far]
    mine = Delivery.objects.filter(person=world.member).order_by("pk")
    others = Delivery.objects.filter(
        person__in=[world.stranger, world.former]
    ).order_by("pk")
    waiting = Delivery.objects.filter(state="planned", channel="phone").order_by("pk")[
        :1
    ]
    world.deliveries = [mine[0], *others, *waiting]
    tech = Group.objects.get(name="Technology at Home")
    world.group_ids = [tech.pk, far.group_id]
    assert Claim.objects.filter(person=world.member).exists()


# Who stands at the door, by the name the demonstration or the factories gave them.
_STAFF = {
    "involvement": "Priya Nair",
    "involvement who is also a member": "Tom Ashworth",
    "lead": "Helen Marsh",
    "approver": "Graham Oduya",
    "finance": "Colin Webb",
    "releaser": "Anita Desai",
    "sponsor": "Ruth Calloway",
    "auditor": "Moira Finch",
}
_PEOPLE = {
    "member": "Marian Okafor",
    "co-chair": "Bernadette Quinn",
    "another member": "Kofi Boateng",
    "supporter of the member": "leon.okafor@post.example",
    "member of another group": "Agnes Far",
    "former member": "Edith Former",
}


def _invite(world: World) -> None:
    world.personas["nobody"] = Persona("nobody", FormClient())
    for name, who in (_STAFF | _PEOPLE).items():
        key = "email" if "@" in who else "name"
        world.personas[name] = _at_the_door(name, User.objects.get(**{key: who}))
    shared = SignIn.objects.filter(
        person__known_as="Frank Hollis", capacity=SignInCapacity.SELF
    ).get()
    both = _at_the_door("one of two at one address", shared.user, person=shared.person)
    world.personas[both.name] = both
    gone = make.UserFactory(name="Gone Away", roles=["involvement", "finance"])
    world.personas["switched off account"] = _at_the_door("switched off account", gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    world.personas["switched off account"].user = None


def _at_the_door(name: str, user: User, person: Any = None) -> Persona:
    client = FormClient()
    sign_in(client, user, fresh=True, person=person)
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] += LATER
    session.save()
    return Persona(name, client, user)


def _actor(persona: Persona) -> Actor | None:
    if persona.user is None:
        return None
    session = persona.client.session
    actor, _ = people_queries.actor_for(
        persona.user,
        chosen_person_id=session.get("acting_person"),
        chosen_capacity=session.get("acting_capacity"),
        request_id="sweep",
    )
    persona.roles = frozenset(actor.roles)
    return actor

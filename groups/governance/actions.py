import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.text import slugify

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from coprod.core.transitions import move
from groups.governance import permissions, terms
from groups.governance.enums import (
    GROUP_TRANSITIONS,
    MEMBERSHIP_TRANSITIONS,
    GroupState,
    MembershipState,
    OfficeKind,
)
from groups.governance.models import CategoryQuorum, Group, Membership, Office, Seat
from groups.governance.signals import membership_ended
from groups.people.models import Person

CHANGEABLE = (
    *(
        "name",
        "kind",
        "parent",
        "purpose",
        "remit_can",
        "remit_influence",
        "remit_cannot",
    ),
    *(
        "remit_cannot_why",
        "attribution",
        "decision_rule",
        "quorum_total",
        "papers_lead_days",
    ),
    *("meets", "started_date"),
)


def note_reading(*, by: Actor, on: models.Model, what: str = "") -> None:
    """Write down that an auditor opened something of a group (DESIGN, roles: read, logged).

    `what` says which part, when `on` is more than what was opened. The team and the people of a
    group open these pages each day as their work, so their reading is not written down.
    """
    if permissions.is_auditing(by):
        audit.record(by=by, verb=f"read {what}".strip(), on=on)


@transaction.atomic
def create_group(
    *, by: Actor, quorums: Mapping[str, int] | None = None, **values: Any
) -> Group:
    """Set up a group with its remit, rule and quorum; it is getting started until activated.

    `values` are fields named in CHANGEABLE; `quorums` maps a seat category to the fewest people of
    it. Raises ActionDenied for anybody outside the involvement team.
    """
    permissions.check_can_manage_groups(by)
    group = Group.objects.create(slug=_free_slug(values["name"]), **values)
    _set_quorums(group, quorums or {})
    audit.record(by=by, verb="set up", on=group)
    return group


def _free_slug(name: str) -> str:
    base = slugify(name)[:70] or "group"
    slug, number = base, 1
    while Group.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _set_quorums(group: Group, quorums: Mapping[str, int]) -> None:
    group.category_quorums.all().delete()
    CategoryQuorum.objects.bulk_create(
        CategoryQuorum(group=group, category=category, minimum=minimum)
        for category, minimum in quorums.items()
        if minimum
    )


@transaction.atomic
def update_group(
    *, by: Actor, group: Group, version: int, quorums: Mapping[str, int], **values: Any
) -> Group:
    """Change a group's remit, rule and quorum. `version` is the one the form started from.

    Raises RuleBroken when somebody else saved first: nothing is changed and what was typed stays
    on the form. Minutes already started keep the attribution they were started with.
    """
    permissions.check_can_manage_groups(by)
    wanted = {name: values[name] for name in CHANGEABLE if name in values}
    saved = Group.objects.filter(pk=group.pk, version=version).update(
        **wanted, version=version + 1
    )
    if not saved:
        raise RuleBroken(
            "Somebody else changed this group while you were writing. Open it in a second "
            "window, compare, and save again."
        )
    changes = {
        name: [str(getattr(group, name) or ""), str(value or "")]
        for name, value in wanted.items()
        if getattr(group, name) != value
    }
    _set_quorums(group, quorums)
    audit.record(by=by, verb="changed", on=group, changes=changes)
    group.refresh_from_db()
    return group


@transaction.atomic
def activate_group(*, by: Actor, group: Group) -> Group:
    """Say that the group has begun to meet (or meets again after a break)."""
    permissions.check_can_manage_groups(by)
    old = group.state
    move(group, table=GROUP_TRANSITIONS, to=GroupState.ACTIVE)
    audit.record(by=by, verb="started", on=group, changes={"state": [old, group.state]})
    return group


@transaction.atomic
def add_seat(
    *,
    by: Actor,
    group: Group,
    category: str,
    title: str = "",
    lived_experience_required: bool = False,
    office: str = "",
) -> Seat:
    """Add a seat at the end of the table. `office` goes to whoever takes it, e.g. co-chair."""
    permissions.check_can_manage_groups(by)
    permissions.check_group_is_open(group)
    seat = Seat.objects.create(
        group=group,
        category=category,
        title=title,
        lived_experience_required=lived_experience_required,
        office=office,
        position=group.seats.count() + 1,
    )
    audit.record(by=by, verb="added seat", on=group, changes={"seat": ["", str(seat)]})
    return seat


@transaction.atomic
def take_seat(
    *, by: Actor, group: Group, person: Person, seat: Seat | None, from_date: dt.date
) -> Membership:
    """Bring a person into a group, in a seat when one is named; an office seat gives the office.

    Raises RuleBroken when the seat is taken or kept for somebody else, the person is already in
    the group, or the group has closed. Two people racing for one seat: the database lets one in.
    """
    permissions.check_can_manage_groups(by)
    permissions.check_group_is_open(group)
    if seat:
        permissions.check_person_fits_seat(person, seat)
    if group.memberships.live().filter(person=person).exists():
        raise RuleBroken(
            f"{person.known_as} is already in {group.name}.", field="person"
        )
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                group=group,
                person=person,
                seat=seat,
                state=MembershipState.SERVING,
                from_date=from_date,
            )
    except IntegrityError as problem:
        raise RuleBroken("Somebody already has this seat.", field="seat") from problem
    if seat and seat.office:
        give_office(
            by=by, group=group, person=person, kind=seat.office, from_date=from_date
        )
    audit.record(
        by=by,
        verb="took seat",
        on=group,
        about_person_id=person.pk,
        changes={"seat": ["", str(seat or "")]},
    )
    return membership


@transaction.atomic
def give_office(
    *, by: Actor, group: Group, person: Person, kind: str, from_date: dt.date
) -> Office:
    """Give a person an office in the group from a date. A sponsor need not have a seat."""
    permissions.check_can_manage_groups(by)
    office = Office.objects.create(
        group=group, person=person, kind=kind, from_date=from_date
    )
    audit.record(
        by=by,
        verb="given office",
        on=group,
        about_person_id=person.pk,
        changes={"office": ["", OfficeKind(kind).label]},
    )
    return office


@transaction.atomic
def end_membership(
    *, by: Actor, membership: Membership, on_date: dt.date, reason: str
) -> Membership:
    """End a person's place in a group and her offices there, from the day given.

    The reason is kept with the row. Raises RuleBroken when it is empty.
    """
    permissions.check_can_manage_groups(by)
    if not reason.strip():
        raise RuleBroken("Say why, in words the person could read.", field="reason")
    move(
        membership,
        table=MEMBERSHIP_TRANSITIONS,
        to=MembershipState.ENDED,
        values={"to_date": on_date, "end_reason": reason},
    )
    membership.group.offices.filter(
        person=membership.person, to_date__isnull=True
    ).update(to_date=on_date)
    audit.record(
        by=by,
        verb="left",
        on=membership.group,
        about_person_id=membership.person_id,
        reason=reason,
    )
    terms.stop_telling(by=by, membership=membership)
    membership_ended.send(
        Membership, by=by, person=membership.person, group=membership.group
    )
    return membership

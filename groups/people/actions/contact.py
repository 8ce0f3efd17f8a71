from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.people import permissions
from groups.people.enums import Purpose
from groups.people.models import ChannelPreference, ContactPoint, Person
from groups.people.signals import reach_changed
from groups.people.values import NewContact


def write_contact_points(
    person: Person, points: Iterable[NewContact]
) -> list[ContactPoint]:
    """Write new contact points; the caller has asked permission and records the audit event."""
    rows = [
        ContactPoint(
            person=person,
            kind=point.kind,
            value=point.value,
            postcode=point.postcode,
            note=point.note,
        )
        for point in points
    ]
    if any(not row.value.strip() for row in rows):
        raise RuleBroken("Enter the address or number.")
    return ContactPoint.objects.bulk_create(rows)


def replace_contact_points(
    *, by: Actor, person: Person, points: Iterable[NewContact]
) -> dict[str, list[str]]:
    """Make the live contact points equal these; what is gone is stopped, never deleted.

    Returns the kinds that were stopped and added, for the audit trail, without their values.
    """
    wanted = list(points)
    live = person.contact_points.filter(stopped_at__isnull=True)
    kept = {(row.kind, row.value, row.postcode): row for row in live}
    added = [
        point
        for point in wanted
        if (point.kind, point.value, point.postcode) not in kept
    ]
    asked = {(point.kind, point.value, point.postcode) for point in wanted}
    gone = [row for key, row in kept.items() if key not in asked]
    person.contact_points.filter(pk__in=[row.pk for row in gone]).update(
        stopped_at=timezone.now(), stopped_by=by.user, stopped_reason="Changed"
    )
    write_contact_points(person, added)
    if not gone and not added:
        return {}
    return {"contact_points": [_kinds(gone), _kinds(added)]}


def _kinds(points: Iterable[ContactPoint | NewContact]) -> str:
    return ", ".join(sorted(point.kind for point in points))


def add_contact_point(*, by: Actor, person: Person, point: NewContact) -> ContactPoint:
    """Add one way to reach a person.

    The value may be somebody else's too: a shared telephone or e-mail is normal. Raises
    ActionDenied and RuleBroken.
    """
    with transaction.atomic():
        permissions.check_can_change_person(by, person)
        (row,) = write_contact_points(person, [point])
        audit.record(
            by=by,
            verb="added contact point",
            on=person,
            about_person_id=person.pk,
            changes={"kind": ["", point.kind]},
        )
        _make_older_forms_stale(person)
        reach_changed.send(Person, by=by, person=person)
    return row


def stop_contact_point(
    *, by: Actor, point: ContactPoint, reason: str = ""
) -> ContactPoint:
    """Stop using one contact point and say why; it stays on the record.

    Raises ActionDenied, and InvalidTransition when it was already stopped.
    """
    with transaction.atomic():
        permissions.check_can_change_person(by, point.person)
        if not _stop(by=by, point=point, reason=reason):
            raise InvalidTransition("We have already stopped using this.")
    return point


def give_up_contact_point(*, by: Actor, point: ContactPoint, reason: str) -> bool:
    """Stop using a contact point because what was sent there came back; return whether it was live.

    It asks no permission: it is the effect of a receipt, and nobody's decision. The reason stands
    in for who did it.
    """
    with transaction.atomic():
        return _stop(by=by, point=point, reason=reason)


def _stop(*, by: Actor, point: ContactPoint, reason: str) -> bool:
    values = {
        "stopped_at": timezone.now(),
        "stopped_by": by.user,
        "stopped_reason": reason[:200],
    }
    live = ContactPoint.objects.filter(pk=point.pk, stopped_at__isnull=True)
    if live.update(**values) != 1:
        return False
    for name, value in values.items():
        setattr(point, name, value)
    audit.record(
        by=by,
        verb="stopped contact point",
        on=point.person,
        about_person_id=point.person_id,
        changes={"kind": [point.kind, ""]},
        reason=reason,
    )
    _make_older_forms_stale(point.person)
    reach_changed.send(Person, by=by, person=point.person)
    return True


def _make_older_forms_stale(person: Person) -> None:
    """Let a form that was opened before this be asked again, so that it does not undo it unseen."""
    Person.objects.filter(pk=person.pk).update(version=F("version") + 1)
    person.refresh_from_db(fields=["version"])


def write_channel(person: Person, channel: str, purpose: str) -> None:
    """Write a preference; the caller has asked permission and records the audit event."""
    ChannelPreference.objects.update_or_create(
        person=person, purpose=purpose, defaults={"channel": channel}
    )


def set_channel(
    *, by: Actor, person: Person, channel: str, purpose: str = Purpose.EVERYTHING
) -> None:
    """Keep how a person wants to hear from us about one kind of thing. Raises ActionDenied."""
    with transaction.atomic():
        permissions.check_can_change_person(by, person)
        old = (
            person.preferences.filter(purpose=purpose)
            .values_list("channel", flat=True)
            .first()
        )
        write_channel(person, channel, purpose)
        audit.record(
            by=by,
            verb="chose channel",
            on=person,
            about_person_id=person.pk,
            changes={purpose: [old or "", channel]},
        )
        _make_older_forms_stale(person)
        reach_changed.send(Person, by=by, person=person)

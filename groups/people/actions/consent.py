from django.db import transaction
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.people import permissions
from groups.people.models import ConsentRecord, ConsentWording, Person
from groups.people.signals import reach_changed
from groups.people.values import NewConsent


def write_consent(by: Actor, person: Person, consent: NewConsent) -> ConsentRecord:
    """Write that a person agreed; the caller has asked permission and records the audit event.

    Agreeing again to the same words keeps the first record. Raises RuleBroken for a wording that
    is not known.
    """
    wording = ConsentWording.objects.filter(pk=consent.wording_id).first()
    if wording is None:
        raise RuleBroken("Choose the words that were read out.", field="consent")
    live = person.consents.filter(wording=wording, withdrawn_at__isnull=True).first()
    if live is not None:
        return live
    return ConsentRecord.objects.create(
        person=person,
        wording=wording,
        given_how=consent.given_how,
        given_by=person.known_as,
        recorded_by=by.user,
    )


def give_consent(*, by: Actor, person: Person, consent: NewConsent) -> ConsentRecord:
    """Keep that a person agreed to one thing, in which words and how she said so.

    Nobody agrees by staying silent, and no supporter agrees for a member (practice.md 6.1).
    Raises ActionDenied and RuleBroken.
    """
    with transaction.atomic():
        permissions.check_can_decide_for_herself(by, person)
        record = write_consent(by, person, consent)
        audit.record(
            by=by,
            verb="recorded consent",
            on=person,
            about_person_id=person.pk,
            changes={record.wording.purpose: ["", f"wording {record.wording.number}"]},
        )
        reach_changed.send(Person, by=by, person=person)
    return record


def withdraw_consent(*, by: Actor, record: ConsentRecord) -> ConsentRecord:
    """Take back one consent at once; the record that it was given stays.

    What waits to be sent and rests on it stops in the same transaction.

    Raises ActionDenied, and InvalidTransition when it was already taken back.
    """
    person = record.person
    with transaction.atomic():
        permissions.check_can_decide_for_herself(by, person)
        at = timezone.now()
        live = ConsentRecord.objects.filter(pk=record.pk, withdrawn_at__isnull=True)
        if live.update(withdrawn_at=at, withdrawn_by=person.known_as) != 1:
            raise InvalidTransition("This was already taken back.")
        record.withdrawn_at, record.withdrawn_by = at, person.known_as
        audit.record(
            by=by,
            verb="took back consent",
            on=person,
            about_person_id=person.pk,
            changes={record.wording.purpose: [f"wording {record.wording.number}", ""]},
        )
        reach_changed.send(Person, by=by, person=person)
    return record

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.people import permissions
from groups.people.models import AccessNeed, AccessPassport, Person
from groups.people.values import NewNeed


def passport_of(person: Person) -> AccessPassport:
    """Return the person's passport, making an empty one the first time."""
    passport, _ = AccessPassport.objects.get_or_create(person=person)
    return passport


def write_needs(
    by: Actor, passport: AccessPassport, needs: Iterable[NewNeed]
) -> list[AccessNeed]:
    """Write new needs; the caller has asked permission and records the audit event."""
    rows = [
        AccessNeed(
            passport=passport,
            category=need.category,
            detail=need.detail.strip(),
            must=need.must,
            for_meetings=need.for_meetings,
            lead_days=need.lead_days,
            recorded_by=by.user,
        )
        for need in needs
    ]
    if any(not row.detail for row in rows):
        raise RuleBroken("Say what is needed.", field="detail")
    return AccessNeed.objects.bulk_create(rows)


def write_own_words(
    passport: AccessPassport, *, own_words: str, agreed_by: str | None = None
) -> None:
    """Keep what helps in the person's own words, and that she agreed to share it."""
    passport.own_words = own_words
    if agreed_by and passport.agreed_to_share_at is None:
        passport.agreed_to_share_at = timezone.now()
        passport.agreed_to_share_by = agreed_by
    passport.save(
        update_fields=["own_words", "agreed_to_share_at", "agreed_to_share_by"]
    )


def replace_needs(
    *, by: Actor, passport: AccessPassport, needs: Iterable[NewNeed]
) -> int:
    """Make the live needs equal these; what is gone is ended, never deleted. Return the changes."""
    wanted = {need.detail.strip(): need for need in needs}
    live = {row.detail: row for row in passport.needs.filter(ended_at__isnull=True)}
    gone = [row.pk for detail, row in live.items() if detail not in wanted]
    added = [need for detail, need in wanted.items() if detail not in live]
    passport.needs.filter(pk__in=gone).update(ended_at=timezone.now(), ended_by=by.user)
    write_needs(by, passport, added)
    return len(gone) + len(added)


def add_need(*, by: Actor, person: Person, need: NewNeed) -> AccessNeed:
    """Add one thing a person needs to her passport, so that nobody asks her again.

    The audit event says that a need was added, never which. Raises ActionDenied and RuleBroken.
    """
    with transaction.atomic():
        permissions.check_can_change_person(by, person)
        (row,) = write_needs(by, passport_of(person), [need])
        audit.record(
            by=by, verb="added access need", on=person, about_person_id=person.pk
        )
    return row


def end_need(*, by: Actor, need: AccessNeed) -> AccessNeed:
    """End one need because the person no longer has it; it stays on the record.

    Raises ActionDenied, and InvalidTransition when it had ended.
    """
    person = need.passport.person
    with transaction.atomic():
        permissions.check_can_change_person(by, person)
        ended_at = timezone.now()
        live = AccessNeed.objects.filter(pk=need.pk, ended_at__isnull=True)
        if live.update(ended_at=ended_at, ended_by=by.user) != 1:
            raise InvalidTransition("This need has already been taken off.")
        need.ended_at, need.ended_by = ended_at, by.user
        audit.record(
            by=by, verb="ended access need", on=person, about_person_id=person.pk
        )
    return need


def set_own_words(
    *, by: Actor, person: Person, own_words: str, agreed_to_share: bool
) -> None:
    """Keep what helps, in the person's own words, and whether we may share it for meetings.

    The words stay out of the audit trail. Raises ActionDenied.
    """
    with transaction.atomic():
        permissions.check_can_change_person(by, person)
        passport = passport_of(person)
        if not agreed_to_share:
            passport.agreed_to_share_at = passport.agreed_to_share_by = None
        write_own_words(
            passport,
            own_words=own_words,
            agreed_by=person.known_as if agreed_to_share else None,
        )
        audit.record(
            by=by, verb="changed own words", on=person, about_person_id=person.pk
        )


def note_sensitive_read(
    *, by: Actor, person: Person, what: str = "access needs"
) -> None:
    """Write down that somebody read something sensitive about a person (DESIGN rule 11).

    The one thing a page writes when it is only looked at. A person reading her own record is
    not written down.
    """
    if by.own_person_id == person.pk or (
        by.person_id == person.pk and not by.is_supporter
    ):
        return
    audit.record(by=by, verb=f"read {what}", on=person, about_person_id=person.pk)

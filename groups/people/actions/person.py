from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Unpack

from django.db import transaction

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.people import permissions
from groups.people.actions import access, contact
from groups.people.actions.consent import write_consent
from groups.people.enums import Purpose
from groups.people.models import LONGEST_NAME, Interest, Person, Topic
from groups.people.signals import reach_changed
from groups.people.values import Details, Facts, NewConsent, NewContact, NewNeed

# What update_person may change on the row itself; the state moves by its own verbs.
CHANGEABLE = frozenset(
    {
        "known_as",
        "capacity",
        "job_title",
        "organisation",
        "heard_from",
        "print_size",
        "language",
        "call_after",
        "call_before",
        "voicemail_ok",
        "staff_contact",
    }
)


class PersonChanged(RuleBroken):
    """Somebody else saved this person first. `theirs` is the person as it now stands."""

    def __init__(self, theirs: Person) -> None:
        super().__init__(
            "Somebody else changed these details while you were typing. "
            "Look at both, then save again."
        )
        self.theirs = theirs


def add_person(
    *,
    by: Actor,
    known_as: str,
    contact_points: Sequence[NewContact] = (),
    channel: str | None = None,
    topics: Sequence[str] = (),
    needs: Sequence[NewNeed] = (),
    own_words: str = "",
    agreed_to_share: bool = True,
    consent: NewConsent | None = None,
    **facts: Unpack[Facts],
) -> Person:
    """Add a person to the network with whatever she has said so far; only a name is needed.

    No e-mail and no account are needed, and nothing is asked twice. Owes her nothing by itself:
    notices.actions.add_person_with_welcome also plans the welcome. Raises ActionDenied and
    RuleBroken.
    """
    with transaction.atomic():
        permissions.check_can_add_person(by)
        check_name(known_as)
        person = Person.objects.create(
            known_as=known_as.strip(), added_by=by.user, **facts
        )
        _write_details(
            by,
            person,
            Details(
                contact_points=contact_points,
                channel=channel,
                topics=topics,
                needs=needs,
                own_words=own_words,
                agreed_to_share=agreed_to_share,
                consent=consent,
            ),
        )
        audit.record(by=by, verb="added person", on=person, about_person_id=person.pk)
    return person


def update_person(
    *,
    by: Actor,
    person: Person,
    version: int,
    contact_points: Sequence[NewContact] | None = None,
    channel: str | None = None,
    topics: Sequence[str] | None = None,
    needs: Sequence[NewNeed] | None = None,
    own_words: str | None = None,
    consent: NewConsent | None = None,
    **changes: Any,
) -> Person:
    """Write what a person told us since; what is not given stays as it is.

    `version` is the one the form was opened with. Contact points and needs that are no longer in
    the list are stopped or ended, never deleted. Raises ActionDenied, RuleBroken, and
    PersonChanged when somebody else saved first: nothing is written then.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise TypeError(f"update_person does not change {', '.join(sorted(unknown))}")
    details = Details(
        contact_points=contact_points,
        channel=channel,
        topics=topics,
        needs=needs,
        own_words=own_words,
        consent=consent,
    )
    with transaction.atomic():
        permissions.check_can_change_person(by, person)
        if "known_as" in changes:
            check_name(changes["known_as"])
        before = {name: getattr(person, name) for name in changes}
        write_facts(person, version, changes)
        noted = _write_details(by, person, details)
        audit.record(
            by=by,
            verb="changed person",
            on=person,
            about_person_id=person.pk,
            changes=changed(before, changes) | noted,
        )
        person.refresh_from_db()
        reach_changed.send(Person, by=by, person=person)
    return person


def write_facts(person: Person, version: int, changes: Mapping[str, Any]) -> None:
    """Write what stands on the person's row; the caller asks permission and audits.

    Raises PersonChanged when somebody else saved since `version`.
    """
    claimed = Person.objects.filter(pk=person.pk, version=version)
    if claimed.update(version=version + 1, **changes) != 1:
        raise PersonChanged(Person.objects.get(pk=person.pk))


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return for the audit trail what is not as it was, each with its old and new value."""
    return {
        name: [_plain(before[name]), _plain(value)]
        for name, value in after.items()
        if before[name] != value
    }


def _plain(value: object) -> str | int | bool | None:
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def check_name(known_as: str) -> None:
    """Raise RuleBroken for a name that says nothing or does not fit."""
    if not known_as.strip():
        raise RuleBroken("Enter the name they like to be known by.", field="known_as")
    if len(known_as.strip()) > LONGEST_NAME:
        raise RuleBroken(
            f"The name must be {LONGEST_NAME} characters or fewer.", field="known_as"
        )


def _write_details(by: Actor, person: Person, details: Details) -> dict[str, Any]:
    """Write the rows around a person and return what the audit trail may say of them."""
    noted: dict[str, Any] = {}
    if details.contact_points is not None:
        noted |= contact.replace_contact_points(
            by=by, person=person, points=details.contact_points
        )
    if details.channel:
        contact.write_channel(person, details.channel, Purpose.EVERYTHING)
        noted["channel"] = ["", details.channel]
    if details.topics is not None:
        _write_topics(person, details.topics)
    if details.needs or details.own_words:
        noted["passport"] = ["", "written"]
    if details.needs is not None and (details.needs or hasattr(person, "passport")):
        access.replace_needs(
            by=by, passport=access.passport_of(person), needs=details.needs
        )
    if details.own_words or (details.own_words == "" and hasattr(person, "passport")):
        access.write_own_words(
            access.passport_of(person),
            own_words=details.own_words,
            agreed_by=person.known_as if details.agreed_to_share else None,
        )
    if details.consent is not None:
        record = write_consent(by, person, details.consent)
        noted["consent"] = [
            "",
            f"{record.wording.purpose}, wording {record.wording.number}",
        ]
    return noted


def _write_topics(person: Person, names: Iterable[str]) -> None:
    wanted = {name.strip() for name in names if name.strip()}
    known = {topic.name.lower(): topic for topic in Topic.objects.all()}
    topics = [
        known.get(name.lower()) or Topic.objects.create(name=name)
        for name in sorted(wanted)
    ]
    person.interests.exclude(topic__in=topics).delete()
    had = set(person.interests.values_list("topic_id", flat=True))
    Interest.objects.bulk_create(
        Interest(person=person, topic=topic) for topic in topics if topic.pk not in had
    )

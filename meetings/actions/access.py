"""Seeing to what invited people need."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from coprod.core import audit, transitions
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from meetings import permissions
from meetings.enums import ARRANGEMENT_TRANSITIONS, ArrangementState
from meetings.models import AccessArrangement, Meeting


def settle(
    *, by: Actor, arrangement: AccessArrangement, to: str, note: str = ""
) -> AccessArrangement:
    """Say that a need is arranged, is not possible (with what we do instead), or is open again.

    The member reads the note. Raises ActionDenied, InvalidTransition, and RuleBroken when
    something is not possible and nobody says what happens instead.
    """
    permissions.check_can_settle_arrangement(by, arrangement)
    if to == ArrangementState.NOT_POSSIBLE and not note.strip():
        raise RuleBroken("Say why, and what we will do instead.", field="note")
    is_open = to == ArrangementState.TO_DO
    with transaction.atomic():
        before = arrangement.state
        transitions.move(
            arrangement,
            table=ARRANGEMENT_TRANSITIONS,
            to=to,
            values={
                "note": note,
                "settled_at": None if is_open else timezone.now(),
                "settled_by": None if is_open else by.user,
            },
        )
        audit.record(
            by=by,
            verb="settled access",
            on=arrangement.meeting,
            about_person_id=arrangement.person_id,
            changes={"state": [before, str(to)]},
        )
    return arrangement


def take_over(*, by: Actor, arrangement: AccessArrangement) -> AccessArrangement:
    """Make the actor the one who sees to a line of the checklist. Raises ActionDenied."""
    permissions.check_can_settle_arrangement(by, arrangement)
    with transaction.atomic():
        before = arrangement.owner.name
        AccessArrangement.objects.filter(pk=arrangement.pk).update(owner=by.user)
        arrangement.refresh_from_db(fields=["owner"])
        audit.record(
            by=by,
            verb="took over access",
            on=arrangement.meeting,
            about_person_id=arrangement.person_id,
            changes={"owner": [before, by.name]},
        )
    return arrangement


def note_reading(
    *, by: Actor, meeting: Meeting, arrangements: Sequence[AccessArrangement]
) -> None:
    """Write down that somebody read what people need, and of whom (DESIGN, roles: logged).

    One line in the trail for the whole list, with the references of the people and none of
    their needs. Her own lines are hers to read.
    """
    people = {
        row.person.reference for row in arrangements if row.person_id != by.person_id
    }
    if people:
        audit.record(
            by=by,
            verb="read access needs",
            on=meeting,
            changes={"people": sorted(people)},
        )

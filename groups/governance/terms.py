"""When a person's term in a group ends: setting the day, and telling her in good time."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.governance import permissions
from groups.governance.enums import MembershipState
from groups.governance.models import Membership
from groups.governance.owed_queries import TERM_NOTICE, terms_ending
from groups.notices import actions as notices
from groups.notices import reach, texts
from groups.notices.messages import Message
from groups.notices.models import Notice
from groups.people.enums import Purpose

TERM_ENDING = "term.ending"
OTHER_DAY = "The term ends on another day."


def about(membership: Membership) -> str:
    """Return what a notice about one person's term is about."""
    return f"term {membership.pk}"


def version_of(membership: Membership) -> int:
    """Return the version of the notice: another day is another one, the same day the same."""
    return membership.to_date.toordinal() if membership.to_date else 0


@transaction.atomic
def set_term(
    *, by: Actor, membership: Membership, to_date: dt.date | None
) -> Membership:
    """Say when a person's term ends, or that it has no end. Word of the old day is called off.

    Back on a day it ended on before, the word of that day waits again. Raises ActionDenied, RuleBroken for a day that has gone or is before she came, and
    InvalidTransition when she has left.
    """
    permissions.check_can_manage_groups(by)
    if to_date is not None and to_date <= max(dates.today(), membership.from_date):
        raise RuleBroken("Choose a day that is still to come.", field="to_date")
    before = membership.to_date
    serving = Membership.objects.filter(pk=membership.pk, state=MembershipState.SERVING)
    if not serving.update(to_date=to_date):
        raise InvalidTransition("This person has left the group.")
    membership.to_date = to_date
    if before != to_date:
        notices.withdraw(
            by=by,
            occasion=TERM_ENDING,
            about=about(membership),
            reason=OTHER_DAY,
        )
        notices.bring_back(
            by=by,
            occasion=TERM_ENDING,
            about=about(membership),
            reason=OTHER_DAY,
            version=version_of(membership),
        )
    audit.record(
        by=by,
        verb="set term",
        on=membership.group,
        about_person_id=membership.person_id,
        changes={"to_date": [str(before or ""), str(to_date or "")]},
    )
    return membership


def plan_terms(*, now: dt.datetime) -> int:
    """Owe each person whose term ends soon word of it, eight weeks before; return how many are new.

    Safe to repeat, and two at once add nothing: each day of an end is a notice of its own.
    """
    rows = list(terms_ending(dates.local(now).date()))
    reach.prefetch(row.person for row in rows)
    before = Notice.objects.filter(occasion=TERM_ENDING).count()
    for row in rows:
        with transaction.atomic():
            if _hold(row):
                _tell(row, now)
    return Notice.objects.filter(occasion=TERM_ENDING).count() - before


def _hold(membership: Membership) -> bool:
    """Keep everybody from changing a term meanwhile. False when somebody has since it was read."""
    rows = Membership.objects.serving().select_for_update()
    rows = rows.filter(pk=membership.pk, to_date=membership.to_date)
    return rows.first() is not None


def _tell(membership: Membership, now: dt.datetime) -> None:
    ends = membership.to_date or dates.local(now).date()
    at = dates.wall_to_instant(ends - TERM_NOTICE, settings.REMINDER_TIME)
    group, day = membership.group, dates.long_date(ends)
    notices.plan_notice(
        by=Actor.system("Ends of terms"),
        occasion=TERM_ENDING,
        about=about(membership),
        version=version_of(membership),
        purpose=Purpose.MEETINGS,
        title=f"A term in {group.name} ends on {day}",
        messages=[
            Message(
                person=membership.person,
                subject=f"Your time in a group ends on {day}",
                body=(
                    f"Your term in {group.name} ends on {day}.\n\n"
                    "We would like to talk with you about what comes next: staying on, "
                    "doing something else with us, or stopping. "
                    "We will ring or write to you. You can ring us first.\n\n"
                    "Thank you for all you have done so far."
                ),
                link_path=group.get_absolute_url(),
                # The address of a group may say what it is about, so it has no place here.
                text=texts.text_message(
                    f"your time in a group ends on {day}. We would like to talk with you "
                    "about what comes next"
                ),
                can_wait=True,
            )
        ],
        due_at=max(now, at),
        expires_at=dates.wall_to_instant(ends + dt.timedelta(days=1), dt.time(0)),
    )


def stop_telling(*, by: Actor, membership: Membership) -> None:
    """Call off word of the end of a term when its person leaves before."""
    notices.withdraw(
        by=by,
        occasion=TERM_ENDING,
        about=about(membership),
        reason="This person has left the group.",
    )

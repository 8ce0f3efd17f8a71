"""Recording what a group decided, and what each person thought of it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import EditConflict, RuleBroken
from coprod.core.words import tidy
from groups.governance import queries as governance
from groups.governance.enums import MembershipState
from groups.people.models import Person
from meetings import minutes_queries, permissions
from meetings.actions import minutes as minutes_actions
from meetings.enums import DecisionOutcome, Stance
from meetings.models import AgendaItem, Decision, DecisionOption, DecisionView, Minutes

# What can be said when too few people were there (practice.md, quorum).
WITHOUT_QUORUM = (
    DecisionOutcome.FOR_CONFIRMATION,
    DecisionOutcome.NOT_AGREED,
    DecisionOutcome.DEFERRED,
)


def record_decision(
    *,
    by: Actor,
    item: AgendaItem,
    wording: str,
    options: Sequence[str] = (),
    chosen: int | None = None,
    held_by: str,
    outcome: str,
    how: str = "",
    review_date: dt.date | None = None,
    version: int | None = None,
) -> Decision:
    """Write down the decision under one item, or change it while the minutes are being written.

    `chosen` is the place in `options`, from 0. `version` is the one the writer began from, None for a
    new decision. Everybody asked to the meeting who serves or has lived experience gets a row that
    says "no reply" until she says something: silence is never a yes. Raises RuleBroken when
    too few people were there to agree, EditConflict when somebody else wrote first, ActionDenied
    once the minutes have gone out.
    """
    meeting = item.meeting
    permissions.check_can_record_decision(by, item)
    minutes = minutes_actions.start_minutes(meeting=meeting, by=by)
    present = minutes_queries.present_ids(meeting)
    quorum = governance.quorum_of(meeting.group, present)
    _check_enough_were_there(quorum, outcome)
    values = {
        "wording": tidy(wording).strip(),
        "held_by": held_by,
        "rule": meeting.group.decision_rule,
        "outcome": outcome,
        "how": tidy(how).strip(),
        "present_count": len(present),
        "quorum_met": quorum.is_met,
        "review_date": review_date,
    }
    with transaction.atomic():
        minutes_actions.hold(minutes)
        decision = _write(item, values=values, version=version, by=by)
        _write_options(decision, options, chosen)
        _expect_views(decision, minutes, present)
        audit.record(
            by=by,
            verb="recorded decision",
            on=decision,
            changes={"outcome": ["", outcome], "version": ["", decision.version]},
        )
    return decision


def _check_enough_were_there(quorum: governance.Quorum, outcome: str) -> None:
    if not quorum.is_met and outcome not in WITHOUT_QUORUM:
        raise RuleBroken(
            f"Too few people were there to agree. {quorum.words.removeprefix('No. ')} "
            "Choose that it is to be confirmed, put off or not agreed.",
            field="outcome",
        )


def _write_options(
    decision: Decision, options: Sequence[str], chosen: int | None
) -> None:
    decision.options.all().delete()
    DecisionOption.objects.bulk_create(
        DecisionOption(
            decision=decision, position=place + 1, text=text, chosen=place == chosen
        )
        for place, text in enumerate(options)
    )


def _write(
    item: AgendaItem, *, values: dict[str, object], version: int | None, by: Actor
) -> Decision:
    decision, is_new = Decision.objects.get_or_create(
        item=item, defaults=values | {"recorded_by": by.user}
    )
    if is_new:
        return decision
    written = Decision.objects.filter(pk=decision.pk, version=version or 0).update(
        **values,
        version=decision.version + 1,
        recorded_by=by.user,
        recorded_at=timezone.now(),
    )
    if not written:
        raise EditConflict(
            "Somebody else wrote this decision first.",
            yours=str(values["wording"]),
            theirs=decision.wording,
            version=decision.version,
        )
    decision.refresh_from_db()
    return decision


def _expect_views(decision: Decision, minutes: Minutes, present: Sequence[int]) -> None:
    """Add a "no reply" row for each person who may have a view and has none yet."""
    meeting = minutes.meeting
    asked = Person.objects.filter(pk__in=meeting.invitations.values("person_id"))
    there = Person.objects.filter(pk__in=present)
    serving = meeting.group.memberships.filter(state=MembershipState.SERVING)
    has_a_say = (asked | there).filter(capacity__in=minutes_queries.LIVED) | (
        asked | there
    ).filter(pk__in=serving.values("person_id"))
    known = set(decision.views.values_list("person_id", flat=True))
    DecisionView.objects.bulk_create(
        DecisionView(decision=decision, person=person, show_as=minutes.attribution)
        for person in has_a_say.distinct().order_by("pk")
        if person.pk not in known
    )


def record_view(
    *,
    by: Actor,
    decision: Decision,
    person: Person,
    stance: str,
    words: str = "",
    show_as: str = "",
) -> DecisionView:
    """Keep what one person thought, in her own words, shown the way she chose.

    She says it herself, or staff or her supporter write it for her and the record names both.
    "No reply" takes back what was written for her by mistake. Raises ActionDenied for anybody
    else and once the minutes are approved, RuleBroken for somebody without a say.
    """
    permissions.check_can_say_view(by, decision, person.pk)
    view = decision.views.filter(person=person).first()
    if view is None:
        raise RuleBroken("This person was not asked to the meeting.", field="person")
    said = stance != Stance.NO_REPLY
    with transaction.atomic():
        minutes_actions.hold(decision.item.meeting.minutes)
        before = view.stance
        view.stance = stance
        view.words = tidy(words).strip() if said else ""
        view.show_as = show_as or view.show_as
        view.said_at = timezone.now() if said else None
        view.said_by = minutes_actions.said_by(by, person) if said else None
        view.save(update_fields=["stance", "words", "show_as", "said_at", "said_by"])
        audit.record(
            by=by,
            verb="recorded view",
            on=decision,
            about_person_id=person.pk,
            changes={"stance": [before, stance]},
        )
    return view

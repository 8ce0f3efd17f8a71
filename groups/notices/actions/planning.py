import datetime as dt
import logging
from collections.abc import Iterator, Sequence

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.words import tidy
from groups.notices import reach
from groups.notices.enums import DeliveryState, Stage
from groups.notices.messages import Message
from groups.notices.models import Delivery, Notice
from groups.people.enums import Channel
from groups.people.models import Person

NO_LONGER_IN_TOUCH = reach.NO_LONGER_IN_TOUCH
NO_WAY_TO_REACH = reach.NO_WAY_TO_REACH
log = logging.getLogger(__name__)
# What a whole notice says that was undone in its window. Only these rows can be sent after all.
UNDONE = "Undone before it went out."
# So many people are read and written at a time, however many there are.
AT_A_TIME = 1000
TEXT_LENGTH = 400


def plan_notice(
    *,
    by: Actor,
    occasion: str,
    about: str,
    version: int = 1,
    stage: str = Stage.FIRST,
    purpose: str,
    title: str,
    messages: Sequence[Message],
    due_at: dt.datetime,
    expires_at: dt.datetime | None = None,
    held_until: dt.datetime | None = None,
    is_essential: bool = False,
    can_be_undone: bool = False,
) -> Notice:
    """Owe these people these messages, each once, in the channel she asked for.

    Idempotent: planning the same occasion, thing, version and stage again adds only the people who
    were not yet in it. A person to whom it does not go (reach.why_not) gets a withdrawn row that
    says why; one who cannot be reached at all gets a failed row with somebody's name on it. E-mail
    goes out by the sweep, which is told to look once the caller has committed; letters and calls
    wait in the outbox. Nothing goes out before `held_until`. What `is_essential` reaches people who
    switched its purpose off.
    With `can_be_undone`, word to many people waits for settings.TIME_TO_UNDO (undoing.py).
    It asks no permission: it is the effect of an action that has asked its own.
    Rule: trust.md section 3, the delivery row.
    """
    with transaction.atomic():
        notice, _ = Notice.objects.get_or_create(
            occasion=occasion,
            about=about,
            version=version,
            stage=stage,
            defaults={
                "purpose": purpose,
                "title": one_line(title),
                "planned_by": by.user,
                "held_until": held_until,
                "is_essential": is_essential,
            },
        )
        if can_be_undone:
            _open_window(notice, messages)
        added = _add_new(notice, messages, due_at=due_at, expires_at=expires_at)
        if added:
            audit.record(
                by=by,
                verb="planned messages",
                on=notice,
                changes={"people": [0, added]},
            )
        transaction.on_commit(ring_sweep, robust=True)
    return notice


def _open_window(notice: Notice, messages: Sequence[Message]) -> None:
    """Hold word to many people for a while; what still waits in an open window joins it."""
    rows = notice.deliveries.all()
    already = set(rows.values_list("person_id", flat=True))
    new = {message.person.pk for message in messages} - already
    if len(new) <= settings.MANY_PEOPLE:
        return
    now = timezone.now()
    until = max(now + settings.TIME_TO_UNDO, notice.held_until or now)
    rows.filter(state=DeliveryState.PLANNED, held_until__gt=now).update(
        held_until=until
    )
    notice.held_until, notice.undone_at, notice.undone_by = until, None, None
    notice.save(update_fields=["held_until", "undone_at", "undone_by"])


def _not_before_window(notice: Notice, due_at: dt.datetime) -> dt.datetime:
    return max(due_at, notice.held_until) if notice.held_until else due_at


def _add_new(
    notice: Notice,
    messages: Sequence[Message],
    *,
    due_at: dt.datetime,
    expires_at: dt.datetime | None,
) -> int:
    """Write one row for each person not yet in the notice; of two planners at once one writes."""
    going = reach.going_on_a_break(message.person for message in messages)
    for last_try in (False, True):
        already = set(notice.deliveries.values_list("person_id", flat=True))
        new: dict[int, Message] = {}
        for message in messages:
            if message.person.pk not in already:
                new.setdefault(message.person.pk, message)
        try:
            with transaction.atomic():
                for some in _some_at_a_time(list(new.values())):
                    reach.prefetch(message.person for message in some)
                    Delivery.objects.bulk_create(
                        _row(
                            notice,
                            message,
                            due_at=_not_before_window(notice, message.due_at or due_at),
                            expires_at=message.expires_at or expires_at,
                            is_going=message.is_going
                            or reach.is_about(
                                notice.about, going.get(message.person.pk, ())
                            ),
                        )
                        for message in some
                    )
            return len(new)
        except IntegrityError:
            if last_try:
                raise
    return 0


def _some_at_a_time(messages: list[Message]) -> Iterator[list[Message]]:
    for start in range(0, len(messages), AT_A_TIME):
        yield messages[start : start + AT_A_TIME]


def _row(
    notice: Notice,
    message: Message,
    *,
    due_at: dt.datetime,
    expires_at: dt.datetime | None,
    is_going: bool,
) -> Delivery:
    person, purpose, essential = message.person, notice.purpose, notice.is_essential
    channel = message.channel or reach.reachable_channel(
        person, purpose, essential=essential, before=expires_at
    )
    delivery = Delivery(
        notice=notice,
        person=person,
        channel=channel or Channel.PHONE,
        print_size=reach.print_size_for(person, purpose),
        subject=one_line(message.subject),
        body=tidy(message.body).strip(),
        text_body=one_line(message.text, TEXT_LENGTH),
        calendar=message.calendar,
        link_path=message.link_path,
        held_until=notice.held_until,
        due_at=due_at,
        expires_at=expires_at,
        address=reach.address_for(person, channel) if channel else "",
    )
    why_not = reach.why_not(
        person, purpose, due_at=due_at, essential=essential, is_going=is_going
    )
    if why_not:
        delivery.state, delivery.reason = DeliveryState.WITHDRAWN, why_not
    elif not channel:
        delivery.state = DeliveryState.FAILED
        delivery.reason = reach.why_nothing_works(person)
        delivery.owner_id = person.staff_contact_id or notice.planned_by_id
    elif message.can_wait and not essential:
        _put_in_digest(delivery)
    return delivery


def _put_in_digest(delivery: Delivery) -> None:
    """Let it come in the weekly e-mail of who asked for one, unless that is too late for it."""
    if delivery.channel != Channel.EMAIL or not delivery.person.wants_digest:
        return
    weekly = next_digest(delivery.due_at)
    if delivery.expires_at is None or weekly < delivery.expires_at:
        delivery.in_digest, delivery.due_at = True, weekly


def next_digest(after: dt.datetime) -> dt.datetime:
    """Return when the weekly e-mail goes out next, not before this moment."""
    day = dates.local(after).date()
    day += dt.timedelta(days=(settings.DIGEST_WEEKDAY - day.isoweekday()) % 7)
    weekly = dates.wall_to_instant(day, settings.DIGEST_TIME)
    if weekly < after:
        week_later = day + dt.timedelta(days=7)
        weekly = dates.wall_to_instant(week_later, settings.DIGEST_TIME)
    return weekly


def one_line(text: str, longest: int = 200) -> str:
    """Return a text as a subject or a text message is kept: on one line, and not too long."""
    return " ".join(tidy(text).split())[:longest]


def withdraw(
    *,
    by: Actor,
    occasion: str | None,
    about: str,
    reason: str,
    person: Person | None = None,
    below_version: int | None = None,
) -> int:
    """Call off what has not gone out yet about one thing, and return how many messages that was.

    `occasion` None means every occasion. One conditional UPDATE, which also beats a sweep that has
    claimed a row and not yet begun to hand it over; what is already on its way is left alone.
    Rule: trust.md R29.
    """
    notices = Notice.objects.filter(about=about)
    if occasion is not None:
        notices = notices.filter(occasion=occasion)
    if below_version is not None:
        notices = notices.filter(version__lt=below_version)
    not_gone = Q(state__in=[DeliveryState.PLANNED, DeliveryState.FAILED]) | Q(
        state=DeliveryState.CLAIMED, handing_over=False
    )
    # What would return when its person says so is called off for good.
    not_gone |= Q(state=DeliveryState.WITHDRAWN, reason__in=reach.MAY_RETURN)
    # What was undone and could still be sent after all is called off too.
    not_gone |= Q(state=DeliveryState.WITHDRAWN, reason__startswith=UNDONE)
    rows = Delivery.objects.filter(not_gone, notice_id__in=notices.values("pk"))
    if person is not None:
        rows = rows.filter(person=person)
    with transaction.atomic():
        count = rows.update(
            state=DeliveryState.WITHDRAWN, reason=reason[:300], claim_token=None
        )
        if count:
            audit.record(
                by=by,
                verb="withdrew messages",
                on=about,
                object_kind="notice",
                changes={"messages": [count, 0]},
                reason=reason,
            )
    return count


def ring_sweep() -> None:
    """Tell the worker to look now. Never fails the request: the sweep of the minute finds it."""
    try:
        current_app.send_task("notices.sweep")
    except Exception as problem:  # noqa: BLE001 - whatever the broker throws, the row is the queue
        log.warning("could not ring the sweep: %s", type(problem).__name__)

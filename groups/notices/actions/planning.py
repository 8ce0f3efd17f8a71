import datetime as dt
import logging
from collections.abc import Sequence

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Q, prefetch_related_objects

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.words import tidy
from groups.notices import queries
from groups.notices.enums import DeliveryState, Stage
from groups.notices.messages import Message
from groups.notices.models import Delivery, Notice
from groups.people.enums import Channel
from groups.people.models import Person

log = logging.getLogger(__name__)
NO_LONGER_IN_TOUCH = "This person is no longer in touch with us."
NO_WAY_TO_REACH = (
    "We have no e-mail, address or phone number that works for this person."
)


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
) -> Notice:
    """Owe these people these messages, each once, in the channel she asked for.

    Idempotent: planning the same occasion, thing, version and stage again adds only the people who
    were not yet in it. A person who has left or died gets a withdrawn row that says so; one who
    cannot be reached at all gets a failed row that staff see. E-mail goes out by the sweep, which
    is told to look once the caller has committed; letters and calls wait in the outbox.
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
                "title": _one_line(title),
                "planned_by": by.user,
            },
        )
        prefetch_related_objects(
            [message.person for message in messages], "contact_points", "preferences"
        )
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


def _add_new(
    notice: Notice,
    messages: Sequence[Message],
    *,
    due_at: dt.datetime,
    expires_at: dt.datetime | None,
) -> int:
    """Write one row for each person not yet in the notice; of two planners at once one writes."""
    for last_try in (False, True):
        already = set(notice.deliveries.values_list("person_id", flat=True))
        rows = {}
        for message in messages:
            if message.person.pk not in already and message.person.pk not in rows:
                rows[message.person.pk] = _row(
                    notice,
                    message,
                    due_at=message.due_at or due_at,
                    expires_at=message.expires_at or expires_at,
                )
        try:
            with transaction.atomic():
                Delivery.objects.bulk_create(rows.values())
            return len(rows)
        except IntegrityError:
            if last_try:
                raise
    return 0


def _row(
    notice: Notice,
    message: Message,
    *,
    due_at: dt.datetime,
    expires_at: dt.datetime | None,
) -> Delivery:
    person = message.person
    channel = message.channel or queries.reachable_channel(person, notice.purpose)
    delivery = Delivery(
        notice=notice,
        person=person,
        channel=channel or Channel.PHONE,
        print_size=person.print_size,
        subject=_one_line(message.subject),
        body=tidy(message.body).strip(),
        link_path=message.link_path,
        due_at=due_at,
        expires_at=expires_at,
        address=queries.address_for(person, channel) if channel else "",
    )
    if not person.can_be_written_to:
        delivery.state, delivery.reason = DeliveryState.WITHDRAWN, NO_LONGER_IN_TOUCH
    elif not channel:
        delivery.state, delivery.reason = DeliveryState.FAILED, NO_WAY_TO_REACH
    return delivery


def _one_line(text: str) -> str:
    return " ".join(tidy(text).split())[:200]


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

"""Letting what was called off wait again when the reason has gone, and giving what waits new words."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.words import tidy
from groups.notices.actions.following import follow_person
from groups.notices.actions.planning import TEXT_LENGTH, one_line, ring_sweep
from groups.notices.enums import DeliveryState, Stage
from groups.notices.messages import Message
from groups.notices.models import Delivery, Notice
from groups.people.models import Person


def bring_back(
    *,
    by: Actor,
    occasion: str,
    about: str,
    reason: str,
    version: int | None = None,
    person: Person | None = None,
) -> int:
    """Plan again what was called off about one thing for this reason, and return how many that was.

    Nothing that is of no use any more: what has expired, and a reminder whose time has gone. Then each
    person is asked anew how she wants it, and whether. It asks no permission: it is the effect
    of an action that has asked its own.
    """
    now = timezone.now()
    rows = Delivery.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        state=DeliveryState.WITHDRAWN,
        reason=reason,
        notice__occasion=occasion,
        notice__about=about,
        # What somebody undid is sent only when somebody says so (undoing.send_after_all).
        notice__undone_at__isnull=True,
        words_removed_at__isnull=True,
        sent_at__isnull=True,
    ).exclude(notice__stage__startswith=Stage.REMINDER, due_at__lte=now)
    if version is not None:
        rows = rows.filter(notice__version=version)
    if person is not None:
        rows = rows.filter(person=person)
    with transaction.atomic():
        found = dict(rows.values_list("pk", "person_id"))
        back = Delivery.objects.filter(pk__in=found, state=DeliveryState.WITHDRAWN)
        count = back.update(
            state=DeliveryState.PLANNED,
            reason="",
            attempts=0,
            claim_token=None,
            claimed_until=None,
            print_run=None,
            taken_out_at=None,
            taken_out_by=None,
        )
        for each in Person.objects.filter(pk__in=found.values()).order_by("pk"):
            follow_person(by=by, person=each)
        if count:
            audit.record(
                by=by,
                verb="took up messages",
                on=about,
                object_kind="notice",
                changes={"messages": [0, count]},
            )
            transaction.on_commit(ring_sweep, robust=True)
    return count


def reword(*, occasion: str, about: str, message: Message) -> int:
    """Give what still waits for one person about one thing other words; return how many that was.

    A letter that is in a pile is printed and stays as it is. The action that changes what is to be
    said writes the audit record.
    """
    rows = Delivery.objects.filter(
        notice__in=Notice.objects.filter(occasion=occasion, about=about),
        person=message.person,
        state=DeliveryState.PLANNED,
        print_run__isnull=True,
    )
    return rows.update(
        subject=one_line(message.subject),
        body=tidy(message.body).strip(),
        text_body=one_line(message.text, TEXT_LENGTH),
    )

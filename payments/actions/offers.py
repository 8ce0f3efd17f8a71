from django.db import transaction
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import ActionDenied, RuleBroken
from groups.people.enums import GivenHow
from meetings.actions import publishing
from meetings.models import Meeting
from payments import emails, permissions, queries
from payments.actions import lines
from payments.enums import WITH_THE_MEMBER, OfferAnswer
from payments.models import Offer, OfferChoice


def make_offers(*, meeting: Meeting, by: Actor) -> dict[int, str]:
    """Offer payment to everyone in the group who comes with lived experience or as a carer.

    One offer a person and meeting, at the rate of the day of the meeting; an offer already made is
    never changed. Returns the words of each offer by person. Staff, partners and councillors
    come in paid time and get none. Raises RuleBroken when no policy covers the day.
    """
    people = queries.people_to_offer(meeting)
    if not people:
        return {}
    rates = queries.rates_on(meeting.date)
    words = emails.offer_words(
        rates.hourly_rate, rates.price_time(meeting.planned_minutes).pence
    )
    for person in people:
        Offer.objects.get_or_create(
            meeting=meeting,
            person=person,
            defaults={
                "version": rates.version,
                "hourly_rate": rates.hourly_rate,
                "expected_minutes": meeting.planned_minutes,
                "words": words,
                "made_by": by.user,
            },
        )
    return dict(Offer.objects.filter(meeting=meeting).values_list("person_id", "words"))


def publish_meeting(*, meeting: Meeting, by: Actor) -> Meeting:
    """Publish a meeting and say in each invitation what is offered for the person's time.

    The offers are made before the meeting and in the same transaction as the invitations, because
    benefit rules ask what was offered, and when (payments.md, finding 5). Raises ActionDenied,
    InvalidTransition, or RuleBroken when no policy covers the day.
    """
    with transaction.atomic():
        words = make_offers(meeting=meeting, by=by)
        meeting = publishing.publish_meeting(meeting=meeting, by=by, offer_words=words)
        if words:
            audit.record(
                by=by,
                verb="made offers",
                on=meeting,
                changes={"offers": [0, len(words)]},
            )
    return meeting


def choose(*, offer: Offer, answer: str, by: Actor, told_how: str) -> OfferChoice:
    """Record what the member chose to do with an offer, and price her draft claim by it.

    Choices are only added, never changed; the newest is in force. Staff record it as hers when she
    tells them, and both names are kept. Raises ActionDenied for anyone else, and RuleBroken once
    the claim has been sent in.
    """
    with transaction.atomic():
        permissions.check_can_help(by, offer.person_id)
        own = by.person_id == offer.person_id
        if not own and told_how == GivenHow.ONLINE:
            raise RuleBroken("Say how they told you what they chose.", field="told_how")
        if answer not in OfferAnswer.values:
            raise RuleBroken("Choose what you want to do.", field="answer")
        line = queries.time_line_of(offer.person_id, offer.meeting_id)
        if line is not None and line.claim.state not in WITH_THE_MEMBER:
            raise ActionDenied(
                "Your claim has been sent in, so your choice cannot be changed here. "
                "Ring us if you want something else."
            )
        choice = OfferChoice.objects.create(
            offer=offer,
            answer=answer,
            chosen_at=timezone.now(),
            chosen_by=offer.person.known_as,
            told_how=told_how,
            recorded_by=by.user,
        )
        if line is not None:
            lines.price_time_line(line=line, answer=answer)
        audit.record(
            by=by,
            verb="recorded choice",
            on=offer.meeting,
            about_person_id=offer.person_id,
            changes={"offered on": [None, dates.long_date(offer.made_at)]},
        )
    return choice

import datetime as dt
import email
import email.policy
import io
import re

import pytest
from django.core.management import call_command

from groups.notices import periodic, texts
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel, ContactKind
from groups.people.models import AccessNeed, ContactPoint
from tests.factories import DeliveryFactory

NOW = dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC)
NEUTRAL = (
    "Your Voice: we have written to you. "
    "See http://127.0.0.1:8000 or ring 01632 960 118."
)


@pytest.mark.parametrize(
    "words",
    [
        "We meet on Tuesday 3 November at 10am.",
        "The meeting on Tuesday is off. Ring 01632 960 118.",
        "Your minutes are ready to look at.",
    ],
)
def test_a_discreet_text_goes_as_it_was_written(words):
    delivery = DeliveryFactory.build(person=None, notice=None, text_body=words)

    assert texts.whole(delivery) == words


@pytest.mark.parametrize(
    "words",
    [
        "Your claim was paid.",
        "£45 is on its way",
        "We paid you today",
        "Autism group on Tuesday",
        "The Mental Health Forum meets",
        "Your hospital visit",
        "BSL is booked",
        "A wheelchair space is kept",
        "Disability board, 10am",
        "Your expenses",
        "",
    ],
)
def test_a_text_that_tells_too_much_or_nothing_only_says_that_there_is_word(words):
    delivery = DeliveryFactory.build(person=None, notice=None, text_body=words)

    assert texts.whole(delivery) == NEUTRAL


def test_the_name_of_the_service_may_say_what_it_likes(settings):
    settings.SERVICE_NAME = "Health Voices"

    assert texts.is_discreet("Health Voices: we meet on Tuesday.")
    assert not texts.is_discreet("Health Voices: your health check.")


@pytest.mark.django_db
def test_in_the_demonstration_a_text_is_shown_with_the_mail(client, settings):
    settings.TEXT_THROUGH, settings.DEMONSTRATION = "file", True
    delivery = DeliveryFactory(channel=Channel.TEXT, due_at=NOW, text_body="We meet.")
    ContactPoint.objects.create(
        person=delivery.person, kind=ContactKind.TEXT, value="07700 900111"
    )

    periodic.send_due(now=NOW)

    (path,) = settings.MAIL_DIR.glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (str(message["To"]), message.get_content().strip()) == (
        "07700900111",
        "We meet.",
    )
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.HANDED_OVER
    page = client.get("/demonstration/mail/").content.decode()
    assert "07700900111" in page
    assert "Text message" in page


@pytest.mark.django_db
def test_no_text_of_the_whole_story_tells_of_health_needs_or_money():
    call_command("demo", "--json", stdout=io.StringIO())
    needs = {each.detail.lower() for each in AccessNeed.objects.all()}
    telling = re.compile(
        r"£|\b(?:paid|claim|payment|expenses|health|disab|doctor|memory)", re.IGNORECASE
    )

    said = {texts.whole(delivery) for delivery in Delivery.objects.all()}

    assert NEUTRAL in said
    assert needs
    assert [text for text in said if telling.search(text)] == []
    assert [text for text in said if any(each in text.lower() for each in needs)] == []
    assert max(map(len, said)) <= 400

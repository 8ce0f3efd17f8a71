"""What GOV.UK Notify tells us afterwards, over HTTP."""

import datetime as dt
import itertools
import json
import uuid
from typing import Any

import pytest

from coprod.core.models import AuditEvent
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from tests.factories import DeliveryFactory, UserFactory

pytestmark = pytest.mark.django_db
TOKEN = "a-secret-only-notify-has"
URL = "/notify/receipts/"
AT = dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.NOTIFY_RECEIPTS_TOKEN = TOKEN


def receipt(delivery: Delivery, status: str, minutes: int = 1, **values: Any) -> Any:
    return {
        "id": delivery.provider_id or str(uuid.uuid4()),
        "reference": str(delivery.message_id),
        "to": "dot@example.org",
        "status": status,
        "completed_at": (AT + minutes * MINUTE).isoformat().replace("+00:00", "Z"),
        "notification_type": "email",
    } | values


def post(client: Any, data: Any, token: str = TOKEN) -> Any:
    body = data if isinstance(data, str) else json.dumps(data)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(URL, body, content_type="application/json", headers=headers)


def sent(**values: Any) -> Delivery:
    given = {
        "state": DeliveryState.HANDED_OVER,
        "sent_at": AT,
        "sent_by_name": "Your Voice",
        "provider": "notify",
        "provider_id": str(uuid.uuid4()),
    }
    delivery = DeliveryFactory(**given | values)
    delivery.address = delivery.person.contact_points.get().value
    delivery.save(update_fields=["address"])
    return delivery


def again(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("delivered", DeliveryState.DELIVERED),
        ("permanent-failure", DeliveryState.BOUNCED),
        ("temporary-failure", DeliveryState.BOUNCED),
        ("technical-failure", DeliveryState.BOUNCED),
        ("sending", DeliveryState.HANDED_OVER),
    ],
)
def test_a_receipt_repeated_five_times_has_one_effect(client, status, state):
    delivery = sent()

    answers = [post(client, receipt(delivery, status)) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert again(delivery).state == state
    came_back = AuditEvent.objects.filter(verb="came back").count()
    assert came_back == (state == DeliveryState.BOUNCED)


STORIES = [
    ([("temporary-failure", 1), ("delivered", 2)], DeliveryState.DELIVERED),
    ([("temporary-failure", 3), ("delivered", 2)], DeliveryState.DELIVERED),
    ([("delivered", 1), ("permanent-failure", 2)], DeliveryState.BOUNCED),
    ([("permanent-failure", 1), ("delivered", 2)], DeliveryState.DELIVERED),
    (
        [("temporary-failure", 1), ("permanent-failure", 2), ("sending", 0)],
        DeliveryState.BOUNCED,
    ),
    (
        [("temporary-failure", 4), ("delivered", 2), ("permanent-failure", 3)],
        DeliveryState.BOUNCED,
    ),
]


@pytest.mark.parametrize(("story", "state"), STORIES)
def test_receipts_in_any_order_end_in_one_state(client, story, state):
    ends = set()
    for order in itertools.permutations(story):
        delivery = sent()
        for _ in range(2):
            for status, minutes in order:
                post(client, receipt(delivery, status, minutes))
        ends.add((again(delivery).state, delivery.receipt_at))

    decisive = [
        each for each in story if each[0] not in ("temporary-failure", "sending")
    ]
    last = max(minutes for _, minutes in decisive)
    assert ends == {(state, AT + last * MINUTE)}


def test_an_address_that_reaches_nobody_is_flagged_and_somebody_sees_to_it(client):
    priya = UserFactory()
    delivery = sent(person__staff_contact=priya)

    post(client, receipt(delivery, "permanent-failure"))

    point = delivery.person.contact_points.get()
    assert point.stopped_at is not None
    assert point.stopped_reason == "It came back: nobody is reached at this address."
    assert again(delivery).owner == priya
    assert delivery.reason == "It came back: nobody is reached at this address."
    assert delivery.is_in_trouble


def test_a_message_that_could_not_come_now_leaves_the_address(client):
    delivery = sent()

    post(client, receipt(delivery, "temporary-failure"))

    assert again(delivery).is_in_trouble
    assert delivery.person.contact_points.get().stopped_at is None


def test_two_who_share_an_address_are_flagged_apart(client):
    delivery, other = sent(), sent()
    delivery.person.contact_points.update(value="both@example.org")
    other.person.contact_points.update(value="both@example.org")
    Delivery.objects.update(address="both@example.org")

    post(client, receipt(delivery, "permanent-failure"))

    assert delivery.person.contact_points.get().stopped_at is not None
    assert other.person.contact_points.get().stopped_at is None


def test_a_receipt_before_our_own_note_counts_and_is_not_undone_by_it(client):
    delivery = DeliveryFactory(
        state=DeliveryState.CLAIMED,
        handing_over=True,
        claim_token=uuid.uuid4(),
        claimed_until=AT,
        provider="notify",
    )

    post(client, receipt(delivery, "delivered"))

    assert again(delivery).state == DeliveryState.DELIVERED
    assert (delivery.sent_at, delivery.claim_token) == (AT + MINUTE, None)


@pytest.mark.parametrize("state", ["withdrawn", "planned", "failed"])
def test_what_people_have_settled_stays_settled(client, state):
    delivery = sent(state=state)

    answer = post(client, receipt(delivery, "permanent-failure"))

    assert answer.json() == {"changed": 0}
    assert again(delivery).state == state


@pytest.mark.parametrize(
    "reference", ["00000000-0000-4000-8000-000000000000", "not one of ours", ""]
)
def test_a_receipt_of_something_that_is_not_ours_is_taken_and_left(client, reference):
    delivery = sent()

    answer = post(
        client,
        receipt(delivery, "delivered", reference=reference, id=str(uuid.uuid4())),
    )

    assert (answer.status_code, answer.json()) == (200, {"changed": 0})
    assert again(delivery).state == DeliveryState.HANDED_OVER


@pytest.mark.parametrize("given", ["", "wrong", TOKEN[:-1], TOKEN + "x"])
def test_without_the_secret_nothing_is_taken(client, given):
    delivery = sent()

    answer = post(client, receipt(delivery, "delivered"), given)

    assert answer.status_code == 401
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_without_a_secret_of_our_own_nobody_has_it(client, settings):
    settings.NOTIFY_RECEIPTS_TOKEN = ""
    delivery = sent()

    answer = client.post(
        URL,
        json.dumps(receipt(delivery, "delivered")),
        content_type="application/json",
        headers={"Authorization": "Bearer "},
    )

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "{}",
        '"delivered"',
        '{"id": "x", "status": "delivered"}',
        '{"id": "x", "status": "delivered", "completed_at": "yesterday"}',
        '{"id": "x", "status": "delivered", "completed_at": "2026-13-45T00:00:00Z"}',
        '{"id": "' + "x" * 30_000 + '", "status": "delivered"}',
        "\ud800",
    ],
)
def test_what_is_no_receipt_is_refused_and_changes_nothing(client, body):
    delivery = sent()

    answer = client.post(
        URL,
        body.encode(errors="surrogatepass"),
        content_type="application/json",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )

    assert answer.status_code == 400
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_it_can_only_be_posted(client):
    assert client.get(URL).status_code == 405

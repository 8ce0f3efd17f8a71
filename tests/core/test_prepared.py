import threading

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from coprod.core.prepared import Prepared
from groups.people.models import ContactPoint, Person
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def points_of(person_id):
    points = ContactPoint.objects.filter(person_id=person_id, stopped_at__isnull=True)
    return points.select_related("person").order_by("pk")


def person_with_points(*values):
    person = PersonFactory()
    person.contact_points.all().delete()
    for value in values:
        person.contact_points.create(kind="email", value=value)
    return person


def test_prepared_query_answers_each_key_with_its_own_rows():
    points = Prepared(points_of)
    dot = person_with_points("a@post.example", "b@post.example")
    jean = person_with_points("c@post.example")

    assert points(dot.pk) == list(points_of(dot.pk))
    assert points(jean.pk) == list(points_of(jean.pk))
    assert points(0) == []
    assert points(jean.pk)[0].person.known_as == jean.known_as


def test_prepared_query_sees_what_was_written_since():
    points = Prepared(points_of)
    dot = person_with_points("a@post.example")
    points(dot.pk)

    dot.contact_points.update(value="new@post.example")

    assert [point.value for point in points(dot.pk)] == ["new@post.example"]


def test_prepared_query_is_one_statement_and_is_built_once(django_assert_num_queries):
    asked = []
    points = Prepared(lambda key: asked.append(key) or points_of(key))
    dot = person_with_points("a@post.example")

    with django_assert_num_queries(3):
        for _ in range(3):
            points(dot.pk)

    assert len(asked) == 1


def test_prepared_query_may_give_values_and_use_a_key_twice():
    values = Prepared(
        lambda key: (
            Person.objects.filter(pk=key)
            .exclude(pk__gt=key)
            .values_list("known_as", "pk")
        )
    )
    dot = PersonFactory(known_as="Dot Hargreaves")

    assert values(dot.pk) == [("Dot Hargreaves", dot.pk)]


def test_prepared_query_that_loses_a_key_is_refused():
    nobody = Prepared(lambda key: Person.objects.filter(pk=F("pk")))

    with pytest.raises(TypeError, match="uses each of its keys"):
        nobody(1)


@pytest.mark.django_db(transaction=True)
def test_prepared_query_uses_the_connection_of_the_thread_that_asks():
    points = Prepared(points_of)
    dot = person_with_points("a@post.example")
    found = [points(dot.pk)]

    def ask():
        found.append(points(dot.pk))
        connection.close()

    other = threading.Thread(target=ask)
    other.start()
    other.join()

    assert found[0] == found[1]


@pytest.fixture
def statements(db):
    """What PostgreSQL is asked, EXECUTE and all."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL keeps plans")
    with CaptureQueriesContext(connection) as caught:
        yield caught


@pytest.mark.postgres
def test_postgresql_plans_a_query_once_for_a_connection(statements):
    points = Prepared(points_of)
    dot, jean = (
        person_with_points("a@post.example"),
        person_with_points("b@post.example"),
    )

    for person in (dot, jean, dot):
        assert points(person.pk) == list(points_of(person.pk))

    asked = [one["sql"] for one in statements if one["sql"].startswith("EXECUTE")]
    assert asked == [
        f"EXECUTE {points.name} ({key})" for key in (dot.pk, jean.pk, dot.pk)
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_is_told_the_name_again(statements):
    points = Prepared(points_of)
    dot = person_with_points("a@post.example")
    points(dot.pk)

    connection.close()

    assert points(dot.pk) == list(points_of(dot.pk))


@pytest.mark.postgres
def test_behind_a_pooler_nothing_is_kept_on_the_connection(statements, settings):
    settings.PLAN_ONCE = False
    points = Prepared(points_of)
    dot = person_with_points("a@post.example")

    assert points(dot.pk) == list(points_of(dot.pk))
    assert not [one for one in statements if "EXECUTE" in one["sql"]]

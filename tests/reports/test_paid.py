import csv
import datetime as dt
import io

import pytest

from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from coprod.reports import queries
from payments.enums import ClaimState
from tests.factories import ClaimFactory, MeetingFactory, staff_actor, time_line
from tests.payments.story import cost_line

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 20)


def paid_claim(paid_date, *, waited, promised=dt.date(2026, 12, 31), **values):
    """£67.00: two hours at £27.50 and £12.00 for parking, paid so many days after the meeting."""
    claim = ClaimFactory(
        state=ClaimState.PAID, paid_date=paid_date, pay_by_date=promised, **values
    )
    meeting = MeetingFactory(date=paid_date - dt.timedelta(days=waited))
    cost_line(claim, 1200, time_line(claim, meeting))
    return claim


def last_year():
    return queries.periods(TODAY)[0]


def test_report_counts_money_people_and_days_by_month():
    first = paid_claim(dt.date(2026, 10, 5), waited=10, promised=dt.date(2026, 10, 1))
    paid_claim(dt.date(2026, 10, 31), waited=21, person=first.person)
    paid_claim(dt.date(2026, 11, 1), waited=40)
    paid_claim(dt.date(2025, 11, 30), waited=5)
    time_line(ClaimFactory(state=ClaimState.SENT))

    report = queries.paid(staff_actor(Role.FINANCE), last_year())

    assert report.rows == [
        queries.PaidRow("November 2026", 1, 1, 5500, 1200, in_time=1, days=40),
        queries.PaidRow("October 2026", 1, 2, 11000, 2400, in_time=1, days=16),
    ]
    assert report.total == queries.PaidRow("All", 2, 3, 16500, 3600, 2, days=21)


def test_report_of_nothing_has_no_rows_and_no_days():
    report = queries.paid(staff_actor(Role.LEAD), last_year())

    assert report.rows == []
    assert report.total == queries.PaidRow("All", 0, 0, 0, 0, 0, None)


def test_periods_start_on_the_first_of_a_month_or_a_tax_year():
    assert [(p.start, p.end) for p in queries.periods(TODAY)] == [
        (dt.date(2025, 12, 1), dt.date(2026, 11, 21)),
        (dt.date(2026, 9, 1), dt.date(2026, 11, 21)),
        (dt.date(2026, 4, 6), dt.date(2026, 11, 21)),
        (dt.date(2025, 4, 6), dt.date(2026, 4, 6)),
    ]


@pytest.mark.parametrize("claims", [1, 3])
def test_report_asks_the_database_four_times_however_much_was_paid(
    claims, django_assert_num_queries
):
    for _ in range(claims):
        paid_claim(dt.date(2026, 11, 1), waited=40)
    actor = staff_actor(Role.FINANCE)

    with django_assert_num_queries(4):
        queries.paid(actor, last_year())


def test_report_page_shows_the_figures_and_leads_to_the_file(client_as, time_machine):
    time_machine.move_to("2026-11-20 10:00:00+00:00")
    paid_claim(dt.date(2026, 11, 1), waited=40)

    html = client_as(Role.AUDITOR).get("/reports/paid/").content.decode()

    assert "within 40 days of the meeting" in html
    assert "£67.00" in html
    assert 'href="/reports/paid.csv?period=year"' in html
    assert "Friday 20 November 2026 at 10am" in html


def test_report_page_with_a_period_nobody_knows_says_so_and_shows_the_first(client_as):
    html = client_as(Role.LEAD).get("/reports/paid/?period=ages").content.decode()

    assert "<title>Error: What was paid" in html
    assert "Nothing was paid in this period" in html


def test_report_file_has_the_rows_the_period_and_who_ran_it(client_as, time_machine):
    time_machine.move_to("2026-11-20 10:00:00+00:00")
    paid_claim(dt.date(2026, 11, 1), waited=40)

    response = client_as(Role.FINANCE).get("/reports/paid.csv?period=quarter")
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))

    assert rows[1] == ["November 2026", "1", "1", "55.00", "12.00", "67.00", "1", "0", "40"]  # fmt: skip
    assert rows[4] == ["Paid in", "Tuesday 1 September 2026 to Friday 20 November 2026"]
    assert rows[5] == ["Run on", "Friday 20 November 2026 at 10am"]
    assert AuditEvent.objects.filter(verb="downloaded report").count() == 1


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SPONSOR, Role.MEMBER])
def test_reports_do_not_exist_for_people_without_them(client_as, role):
    client = client_as(role)

    for path in ("/reports/", "/reports/paid/", "/reports/paid.csv"):
        assert client.get(path).status_code in (302, 404)
    assert client_as(Role.FINANCE).get("/reports/").status_code == 200

import io

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum

from coprod.core import references, spreadsheets
from coprod.core.enums import Role
from coprod.core.models import User
from coprod.home.bulk import filling
from groups.governance.models import Membership
from groups.people.models import Person
from meetings.enums import MeetingState
from meetings.models import Attendance, Meeting, Minutes
from payments import exports
from payments.enums import ClaimState
from payments.models import Claim, PayRun
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def bulk_data(**sizes):
    out = io.StringIO()
    asked = {"people": 30, "meetings": 12, "claims": 60, "run_lines": 50} | sizes
    call_command("bulk_data", stdout=out, **asked)
    return out.getvalue()


def test_bulk_data_makes_as_much_as_was_asked_for():
    said = bulk_data()

    assert Person.objects.count() == 30
    assert Meeting.objects.count() == 12
    assert Claim.objects.count() == 60
    assert said.splitlines()[-1] == "Done."


def test_bulk_data_holds_together():
    bulk_data()

    over = Meeting.objects.filter(state=MeetingState.RECORDED)
    assert Minutes.objects.count() == over.count() > 0
    assert (
        Attendance.objects.filter(meeting__in=over).count()
        == Attendance.objects.count()
    )
    assert (
        Membership.objects.values("group", "person").distinct().count()
        == Membership.objects.count()
    )
    assert all(
        map(
            references.is_well_formed, Claim.objects.values_list("reference", flat=True)
        )
    )
    own = Claim.objects.filter(lines__person=F("person")).distinct()
    assert own.count() == Claim.objects.count()


def test_bulk_data_pays_each_paid_claim_in_one_run_whose_totals_are_right():
    bulk_data()

    paid = Claim.objects.filter(state=ClaimState.PAID)
    in_runs = paid.annotate(runs=Count("pay_run_items")).values_list("runs", flat=True)
    assert set(in_runs) == {1}
    for run in PayRun.objects.all():
        lines = run.items.aggregate(pence=Sum("claim__lines__allowed_pence"))
        assert run.total_pence == lines["pence"]
        assert run.sha256 == spreadsheets.sha256_of(exports.payments_file(run))[0]


def test_bulk_data_makes_one_large_run_of_about_the_lines_asked_for():
    bulk_data(claims=60, run_lines=40)

    largest = max(PayRun.objects.values_list("line_count", flat=True))
    assert 40 <= largest <= 42


def test_bulk_data_opens_nobody_s_account_with_a_password():
    bulk_data()

    assert User.objects.count() > 5
    assert not any(user.has_usable_password() for user in User.objects.all())


@pytest.mark.parametrize("path", ["/", "/people/", "/meetings/", "/claims/"])
def test_pages_open_over_bulk_data(path, client_as):
    bulk_data()
    lead = User.objects.get(email="bulk-lead@northshire.example")

    assert client_as(lead).get(path).status_code == 200


def test_bulk_data_refuses_a_database_that_holds_people():
    PersonFactory()

    with pytest.raises(CommandError, match="already holds people"):
        bulk_data()

    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        ({"people": 9, "claims": 1000}, "need groups of"),
        ({"meetings": 1}, "meetings that are over"),
        ({"people": 0}, "at least one person"),
        ({"claims": -1}, "at least one person"),
    ],
)
def test_bulk_data_refuses_numbers_that_do_not_fit_together(sizes, why):
    with pytest.raises(CommandError, match=why):
        bulk_data(**sizes)

    assert not Person.objects.exists()


def test_group_size_gives_a_place_for_each_claim():
    sizes = filling.Sizes(people=20_000, meetings=5_000, claims=50_000, run_lines=0)

    size = filling.group_size(sizes, 200)

    assert size * (5_000 - 200) >= 50_000
    assert filling.group_size(filling.Sizes(50, 3, 0, 0), 1) == 8


def test_bulk_team_has_every_role_a_measurement_needs():
    bulk_data()

    held = set(User.objects.values_list("role_grants__role", flat=True)) - {None}
    assert held == {
        Role.INVOLVEMENT,
        Role.LEAD,
        Role.APPROVER,
        Role.FINANCE,
        Role.RELEASER,
    }

import datetime as dt
import time

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from coprod.core import dates
from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from payments.actions import pay_runs, payees
from payments.enums import ClaimState, PayeeState, PayRunState
from payments.models import Claim, Payee, PaymentResult, PayRun, ResultsFile
from tests.factories import PayeeFactory, UserFactory
from tests.payments.story import builder, claim_with_lines, ready_claim, releaser

pytestmark = pytest.mark.django_db


def pay_date():
    return dates.add_working_days(dates.today(), 3)


@pytest.fixture
def run():
    ready_claim(supplier_number="204417", name="Marian Okafor")
    return pay_runs.build(by=builder(), pay_date=pay_date())


@pytest.fixture
def released(run):
    return pay_runs.release(
        pay_run=run, by=releaser(), typed_total_pence=run.total_pence
    )


def url_of(run, verb=""):
    return f"/pay-runs/{run.reference}/{verb}"


def date_boxes(day):
    return {
        "pay_date_day": day.day,
        "pay_date_month": day.month,
        "pay_date_year": day.year,
    }


def proof_on(page):
    return page.context["form"]["proof"].value()


def test_finance_builds_a_run_and_sees_who_is_left_out(client_as):
    ready_claim()
    waiting = claim_with_lines(state=ClaimState.WAITING)
    waiting.payee = payees.ensure_payee(by=builder(), person=waiting.person)
    waiting.save()
    client = client_as(Role.FINANCE)

    form = client.get("/pay-runs/build/").content.decode()
    answer = client.post("/pay-runs/build/", date_boxes(pay_date()))

    assert "1 claim left out, and why" in form
    assert "No supplier number yet. Asked for on" in form
    made = PayRun.objects.get()
    assert (answer.status_code, answer.url) == (302, url_of(made))
    page = client.get(answer.url).content.decode()
    assert "You built this run, so you cannot release it." in page
    assert made.sha256 in page


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (dt.date(2020, 1, 2), "must be"),
        (dt.date(2030, 1, 2), "must be"),
        (None, "must be a real date"),
    ],
)
def test_a_wrong_pay_date_is_asked_for_again(client_as, day, sentence):
    ready_claim()
    boxes = (
        date_boxes(day)
        if day
        else {"pay_date_day": 31, "pay_date_month": 2, "pay_date_year": 2027}
    )

    page = client_as(Role.FINANCE).post("/pay-runs/build/", boxes)

    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not PayRun.objects.exists()


def test_building_with_nothing_ready_says_so(client_as):
    page = client_as(Role.FINANCE).post("/pay-runs/build/", date_boxes(pay_date()))

    assert page.status_code == 200
    assert "No claim is ready to pay" in page.content.decode()


def test_releasing_asks_for_a_fresh_sign_in_before_the_form_is_shown(client_as, run):
    client = client_as(releaser().user)

    answer = client.get(url_of(run, "release/"))

    assert answer.status_code == 302
    assert "reauthenticate" in answer.url
    assert url_of(run, "release/").replace("/", "%2F") in answer.url


def test_a_post_without_ever_having_signed_in_afresh_releases_nothing(client_as, run):
    client = client_as(releaser().user)

    answer = client.post(url_of(run, "release/"), {"total": "67.00"})

    assert answer.status_code == 302
    assert PayRun.objects.get().state == PayRunState.BUILT


def test_a_proof_of_somebody_else_or_of_another_page_releases_nothing(client_as, run):
    user = releaser().user
    client = client_as(user)
    path = url_of(run, "release/")
    for held in ([UserFactory().pk, path], [user.pk, "/payees/"], "x"):
        proof = signing.dumps(held, salt="payments.fresh-sign-in")
        client.post(path, {"total": "67.00", "proof": proof})

    assert PayRun.objects.get().state == PayRunState.BUILT


def test_a_releaser_types_the_total_and_releases(client_as, run):
    client = client_as(releaser().user, fresh=True)
    path = url_of(run, "release/")
    page = client.get(path)

    wrong = client.post(path, {"total": "66.00", "proof": proof_on(page)})
    right = client.post(path, {"total": "£67", "proof": proof_on(wrong)})

    assert "not the total of this run" in wrong.content.decode()
    assert (right.status_code, right.url) == (302, url_of(run))
    assert PayRun.objects.get().state == PayRunState.RELEASED
    assert Claim.objects.get().state == ClaimState.SENT


def test_a_sign_in_that_grows_old_while_typing_interrupts_nobody(client_as, run):
    client = client_as(releaser().user, fresh=True)
    path = url_of(run, "release/")
    proof = proof_on(client.get(path))
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - 1800, "reauthenticated": True}
    ]
    session.save()

    answer = client.post(path, {"total": "67.00", "proof": proof})

    assert (answer.status_code, answer.url) == (302, url_of(run))
    assert PayRun.objects.get().state == PayRunState.RELEASED


def test_the_builder_reads_why_somebody_else_releases(client_as):
    ready_claim()
    user = UserFactory(roles=[Role.FINANCE, Role.RELEASER])
    by = builder()
    run = pay_runs.build(
        by=type(by)(user=user, name=user.name, roles=by.roles), pay_date=pay_date()
    )
    client = client_as(user, fresh=True)

    page = client.get(url_of(run, "release/"))
    text = page.content.decode()
    answer = client.post(
        url_of(run, "release/"), {"total": "67.00", "proof": proof_on(page)}
    )

    assert "You built this pay run, so a second person must release it." in text
    assert 'name="total"' not in text
    assert answer.status_code == 200
    assert PayRun.objects.get().state == PayRunState.BUILT


def test_finance_takes_a_run_apart(client_as, run):
    client = client_as(Role.FINANCE)

    assert client.get(url_of(run, "take-apart/")).status_code == 200
    answer = client.post(url_of(run, "take-apart/"), {"reason": "One to come out."})

    assert answer.status_code == 302
    assert PayRun.objects.get().state == PayRunState.TAKEN_APART
    assert client.get(url_of(run)).status_code == 200
    assert client.get(url_of(run, "control.csv")).status_code == 404


def test_the_payments_file_asks_for_a_fresh_sign_in_is_audited_and_the_same_each_time(
    client_as, run
):
    stale, fresh = client_as(Role.FINANCE), client_as(Role.RELEASER, fresh=True)

    asked = stale.get(url_of(run, "payments.csv"))
    first, second = (
        fresh.get(url_of(run, "payments.csv")).getvalue() for _ in range(2)
    )

    assert "reauthenticate" in asked.url
    assert first == second
    assert b"204417,Marian Okafor" in first
    assert AuditEvent.objects.filter(verb="downloaded payments file").count() == 2


def test_the_files_download_under_their_names_and_are_never_shown_in_the_page(
    client_as, run
):
    answer = client_as(Role.FINANCE).get(url_of(run, "control.csv"))

    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="{run.reference}-control.csv"'
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert run.sha256.encode() in answer.getvalue()


def test_no_page_of_a_run_shows_a_supplier_number(client_as, run):
    client = client_as(Role.FINANCE, fresh=True)

    for path in ("/pay-runs/", url_of(run), "/payees/", "/exceptions/"):
        assert "204417" not in client.get(path).content.decode()


FINANCE_PAGES = [
    "/pay-runs/",
    "/pay-runs/build/",
    "/exceptions/",
    "/payees/",
    "/results/load/",
]


@pytest.mark.parametrize("path", FINANCE_PAGES)
@pytest.mark.parametrize(
    "role", [Role.INVOLVEMENT, Role.APPROVER, Role.AUDITOR, Role.SPONSOR]
)
def test_finance_pages_do_not_exist_for_other_roles(client_as, path, role):
    client = client_as(role, fresh=True)

    assert client.get(path).status_code == 404
    assert client.post(path, {"proof": "x"}).status_code in {404, 405}


@pytest.mark.parametrize("runs", [1, 3, 30])
def test_the_list_of_runs_asks_the_same_number_of_queries(
    client_as, django_assert_max_num_queries, runs
):
    for _ in range(runs):
        PayRun.objects.create(pay_date=pay_date(), built_by=UserFactory())
    client = client_as(Role.FINANCE)

    with django_assert_max_num_queries(8):
        assert client.get("/pay-runs/").status_code == 200


@pytest.mark.parametrize("people", [1, 3, 60])
def test_the_list_of_payees_asks_the_same_number_of_queries(
    client_as, django_assert_max_num_queries, people
):
    for _ in range(people):
        PayeeFactory()
    client = client_as(Role.FINANCE, fresh=True)

    with django_assert_max_num_queries(8):
        assert client.get("/payees/").status_code == 200


@pytest.mark.parametrize("claims", [1, 3, 20])
def test_the_page_of_a_run_asks_the_same_number_of_queries(
    client_as, django_assert_max_num_queries, claims
):
    for _ in range(claims):
        ready_claim()
    run = pay_runs.build(by=builder(), pay_date=pay_date())
    client = client_as(Role.FINANCE)

    with django_assert_max_num_queries(12):
        assert client.get(url_of(run)).status_code == 200


def test_a_released_run_says_to_finance_where_each_claim_is(client_as, released):
    page = client_as(Role.FINANCE).get(url_of(released)).content.decode()

    assert ">On its way<" in page
    assert "On its way to you" not in page


def results_file(item, **changes):
    values = {
        "supplier": item.supplier_number,
        "invoice": item.invoice_number,
        "amount": "67.00",
        "day": dates.today().isoformat(),
        "status": "paid",
    } | changes
    text = (
        "\ufeffsupplier_number,invoice_number,amount,paid_date,payment_reference,status\r\n"
        f"{values['supplier']},{values['invoice']},{values['amount']},{values['day']},B1,"
        f"{values['status']}\r\n"
    )
    return SimpleUploadedFile("results.csv", text.encode(), content_type="text/csv")


def test_finance_loads_results_and_reads_what_was_made_of_each_row(client_as, released):
    client = client_as(Role.FINANCE)
    item = released.items.get()

    answer = client.post(
        "/results/load/", {"file": results_file(item), "total": "67.00"}
    )

    loaded = ResultsFile.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/results/{loaded.pk}/")
    page = client.get(answer.url).content.decode()
    assert "It matched." in page
    assert Claim.objects.get().state == ClaimState.PAID
    again = client.post("/results/load/", {"file": results_file(item)})
    assert again.status_code == 200
    assert "loaded this same file" in again.content.decode()
    assert ResultsFile.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "Choose the results file"),
        (b"", "The file is empty"),
        (b"MZ\x90\x00\x03\x00", "not a CSV"),
        (b"a,b\n1,2\n", "no column called"),
        (b"x" * (5 * 1024 * 1024 + 1), "too big"),
    ],
)
def test_a_file_that_is_no_results_file_gets_a_sentence_at_the_field(
    client_as, data, sentence
):
    more = {"file": SimpleUploadedFile("r.csv", data)} if data is not None else {}

    page = client_as(Role.FINANCE).post("/results/load/", more)

    assert page.status_code == 200
    assert page.content.decode().count(sentence) == 2
    assert not ResultsFile.objects.exists()


def test_an_exception_is_listed_and_settled_with_a_note(client_as, released):
    client = client_as(Role.FINANCE)
    item = released.items.get()
    client.post("/results/load/", {"file": results_file(item, amount="76.00")})
    result = PaymentResult.objects.get()

    listed = client.get("/exceptions/").content.decode()
    path = f"/exceptions/{result.pk}/"
    empty = client.post(path, {"note": ""})
    settled = client.post(path, {"note": "A slip in the ledger."})

    assert "The ledger says £76.00. We sent £67.00." in listed
    assert "Write what you found out" in empty.content.decode()
    assert settled.status_code == 302
    assert client.get(path).status_code == 404
    assert Claim.objects.get().state == ClaimState.SENT


def test_a_payment_sent_back_is_listed_and_made_ready_again(client_as, released):
    client = client_as(Role.FINANCE)
    client.post(
        "/results/load/",
        {"file": results_file(released.items.get(), status="returned")},
    )
    claim = Claim.objects.get()
    path = f"/claims/{claim.reference}/reissue/"

    listed = client.get("/exceptions/").content.decode()
    form = client.get(path)
    answer = client.post(path, {"note": "Rang her at home on Monday."})

    assert "The bank sent the last payment back." in listed
    assert path in listed
    assert form.status_code == 200
    assert answer.status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.reissue) == (ClaimState.READY, 1)
    assert client.get(path).status_code == 404


def test_a_releaser_reads_the_exceptions_but_settles_none(client_as, released):
    client_as(Role.FINANCE).post(
        "/results/load/", {"file": results_file(released.items.get(), amount="1.00")}
    )
    client = client_as(Role.RELEASER)

    page = client.get("/exceptions/").content.decode()

    assert "The ledger says £1.00" in page
    assert f"/exceptions/{PaymentResult.objects.get().pk}/" not in page
    assert (
        client.get(f"/exceptions/{PaymentResult.objects.get().pk}/").status_code == 404
    )


def payee_url(payee, verb=""):
    return f"/payees/{payee.person.reference}/{verb}"


@pytest.mark.parametrize("verb", ["", "set-up/", "show/", "stop/"])
def test_payees_ask_for_a_fresh_sign_in_before_anything_is_shown(client_as, verb):
    payee = PayeeFactory(supplier_number="204417")
    client = client_as(Role.FINANCE)

    for path in ("/payees/", payee_url(payee, verb)):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "reauthenticate" in answer.url


def test_a_supplier_number_is_shown_only_after_a_reason_that_is_kept(client_as):
    payee = PayeeFactory(supplier_number="204417")
    client = client_as(Role.FINANCE, fresh=True)
    before = client.get(payee_url(payee)).content.decode()
    form = client.get(payee_url(payee, "show/"))

    proof = proof_on(form)
    empty = client.post(payee_url(payee, "show/"), {"proof": proof, "reason": " "})
    client.post(payee_url(payee, "show/"), {"proof": proof, "reason": "Finance rang."})
    after = client.get(payee_url(payee)).content.decode()

    assert "204417" not in before
    assert "Say why you need to see the supplier number" in empty.content.decode()
    assert "204417" in after
    assert (
        AuditEvent.objects.get(verb="looked at supplier number").reason
        == "Finance rang."
    )
    other = PayeeFactory(supplier_number="204418")
    assert "204418" not in client.get(payee_url(other)).content.decode()


def test_finance_records_a_supplier_number_on_the_page(client_as):
    claim = claim_with_lines(state=ClaimState.WAITING)
    claim.payee = payees.ensure_payee(by=builder(), person=claim.person)
    claim.save()
    client = client_as(Role.FINANCE, fresh=True)
    path = payee_url(claim.payee, "set-up/")
    proof = proof_on(client.get(path))

    wrong = client.post(path, {"proof": proof, "supplier_number": "=1+1"})
    right = client.post(path, {"proof": proof, "supplier_number": "204417"})

    assert "as finance gave it" in wrong.content.decode()
    assert "=1+1" in wrong.content.decode()
    assert right.status_code == 302
    assert Payee.objects.get().state == PayeeState.ACTIVE
    assert Claim.objects.get().state == ClaimState.READY


def test_finance_stops_a_payee_on_the_page(client_as):
    payee = PayeeFactory()
    client = client_as(Role.FINANCE, fresh=True)
    path = payee_url(payee, "stop/")
    proof = proof_on(client.get(path))

    client.post(path, {"proof": proof, "reason": "Asked us to wait."})

    assert Payee.objects.get().state == PayeeState.STOPPED


def test_a_releaser_cannot_set_payees_up(client_as):
    payee = PayeeFactory()
    client = client_as(Role.RELEASER, fresh=True)

    assert client.get(payee_url(payee, "set-up/")).status_code == 404
    assert client.get(payee_url(payee, "stop/")).status_code == 404
    assert client.get(payee_url(payee)).status_code == 200

import csv
import io
from collections.abc import Iterator

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from bench.floor.models import Person

ROWS = 20
_AT_ONCE = 2000
# The join behind the payments file of a pay run, as a person would write it by hand.
_LINES = """
    SELECT i.id, c.reference, i.supplier_number, i.payee_name, i.invoice_number,
           c.approved_at, l.activity_date, l.kind, l.allowed_pence, k.code
    FROM payments_payrunitem i
    JOIN payments_payrun r ON r.id = i.pay_run_id
    JOIN payments_claim c ON c.id = i.claim_id
    JOIN payments_claimline l ON l.claim_id = c.id
    LEFT JOIN payments_costcode k ON k.id = c.cost_code_id
    WHERE r.reference = %s AND l.allowed_pence > 0
    ORDER BY i.id, l.id
"""


def page(request: HttpRequest) -> HttpResponse:
    """A session, one indexed query and a template of twenty rows."""
    account = request.session.get("_auth_user_id")
    rows = Person.objects.order_by("known_as", "id")[:ROWS]
    return render(request, "page.html", {"account": account, "rows": rows})


def lines(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """A database cursor to CSV."""
    return StreamingHttpResponse(_pieces(reference), content_type="text/csv")


def _pieces(reference: str) -> Iterator[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [reference])
        while rows := cursor.fetchmany(_AT_ONCE):
            buffer = io.StringIO()
            csv.writer(buffer).writerows(rows)
            yield buffer.getvalue().encode()

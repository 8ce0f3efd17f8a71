"""What has to be measured inside the product's own process. Prints its findings as JSON.

Run by everything.py in a process of its own for each database: sessions, statements, memory, pdf.
"""

import json
import mimetypes
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]
os.environ["DJANGO_SETTINGS_MODULE"] = "coprod.settings"

import django  # noqa: E402 - the settings come first

django.setup()

from django.conf import settings  # noqa: E402 - the apps come first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from coprod.core.models import Document, User  # noqa: E402
from groups.people.models import Person, SignIn  # noqa: E402
from meetings import documents  # noqa: E402
from meetings.enums import MeetingState  # noqa: E402
from meetings.models import Attendance, Meeting  # noqa: E402
from payments.enums import ClaimState  # noqa: E402
from payments.models import Claim, PayRun  # noqa: E402

_TURNS = 15
_PDF_TIMES = 9
# Two makings of one document differ by no more than this, in bytes.
_ALIKE = 2000


def session_of(user: User) -> str:
    """Sign an account in, second factor and all, just now; return its cookie."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session["second_factor_ready"] = True
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.create()
    return str(session.session_key)


def _account(key: str) -> User:
    return User.objects.get(email=f"bulk-{key}@northshire.example")


def _member() -> User:
    """An account of somebody who has been at meetings."""
    came = Attendance.objects.values("person_id")
    return SignIn.objects.filter(person_id__in=came).order_by("pk")[0].user


def sessions() -> dict[str, str]:
    """Return a cookie for each kind of account."""
    return {
        "staff": session_of(_account("lead")),
        "finance": session_of(_account("releaser")),
        "member": session_of(_member()),
    }


def _spread(rows: Any, count: int = _TURNS) -> list[Any]:
    """Return some rows from all over a table, so that no one row is measured."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    wanted = ids[:: max(1, len(ids) // count)][:count]
    return list(rows.filter(pk__in=wanted))


def paths() -> dict[str, list[str]]:
    """Return the addresses of each kind of page, those of details spread over the tables."""
    came = Attendance.objects.values("person_id")
    meetings = _spread(Meeting.objects.filter(state=MeetingState.RECORDED))
    claims = _spread(Claim.objects.filter(state=ClaimState.PAID))
    people = _spread(Person.objects.filter(pk__in=came))
    return {
        "people list": ["/people/"] * 3,
        "person": [person.get_absolute_url() for person in people],
        "meetings list": ["/meetings/"] * 3,
        "meeting with agenda": [row.get_absolute_url() for row in meetings],
        "minutes": [f"{row.get_absolute_url()}minutes/" for row in meetings],
        "claims list": ["/claims/"] * 3,
        "claim": [claim.get_absolute_url() for claim in claims],
        "first page, staff": ["/"] * 3,
        "first page, member": ["/"] * 3,
    }


def largest_run() -> dict[str, Any]:
    """Return the pay run with most lines."""
    run = PayRun.objects.order_by("-line_count")[0]
    return {"reference": run.reference, "lines": run.line_count}


def _client(cookie: str) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies["sessionid"] = cookie
    return client


def statements() -> dict[str, int]:
    """Return how many statements each kind of page takes, the most of several."""
    cookies, found = sessions(), {}
    for kind, addresses in paths().items():
        client = _client(cookies["member" if "member" in kind else "staff"])
        counts = []
        for address in addresses[:4]:
            with CaptureQueriesContext(connection) as caught:
                response = client.get(address)
            if response.status_code != 200:
                raise SystemExit(f"{address} answered {response.status_code}.")
            counts.append(len(caught))
        # The first of a process also reads what is kept for the rest.
        found[kind] = max(counts[1:] or counts)
    return found


def _memory(field: str) -> float:
    text = Path("/proc/self/status").read_text("utf-8")
    return int(text.split(f"{field}:")[1].split()[0]) / 1024


def memory() -> dict[str, float]:
    """Return how far memory rises over rest, in MiB, while the largest run is downloaded."""
    cookies, run = sessions(), largest_run()
    client = _client(cookies["finance"])
    client.get("/pay-runs/")
    small = PayRun.objects.filter(line_count__gt=0).order_by("line_count")[0]
    sum(len(piece) for piece in _file(client, small.reference))
    rest = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    size = sum(len(piece) for piece in _file(client, run["reference"]))
    return {
        "rise": _memory("VmHWM") - rest,
        "lines": run["lines"],
        "megabytes": size / 2**20,
    }


def _file(client: Client, reference: str) -> Iterator[bytes]:
    response = client.get(f"/pay-runs/{reference}/payments.csv")
    if response.status_code != 200:
        raise SystemExit(f"The payments file answered {response.status_code}.")
    yield from response  # a streaming answer gives its pieces


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def pdf() -> dict[str, float]:
    """Return the medians of our minutes PDF and of WeasyPrint alone on the same page."""
    import weasyprint  # noqa: PLC0415 - heavy, and needed here only
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - as above

    meeting = Meeting.objects.filter(minutes__isnull=False).order_by("pk")[0]
    asked = Document(
        kind=documents.MINUTES, about=meeting.reference, title="Minutes of a meeting"
    )
    html = documents.minutes_html(asked)

    class Static(URLFetcher):
        """Reads a static file by its name, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if not url.startswith("static:"):
                return super().fetch(url, headers)
            file = settings.BASE_DIR / "static" / url.removeprefix("static:")
            kind = mimetypes.guess_type(file)[0] or "text/plain"
            return URLFetcherResponse(
                url, body=file.read_bytes(), headers={"Content-Type": kind}
            )

    def alone() -> bytes:
        page = weasyprint.HTML(string=html, url_fetcher=Static())
        return page.write_pdf(pdf_tags=True, pdf_variant="pdf/ua-1")

    if abs(len(documents.minutes_pdf(asked).data) - len(alone())) > _ALIKE:
        raise SystemExit(
            "WeasyPrint alone made another document, so nothing is compared."
        )
    both = [
        (_seconds(lambda: documents.minutes_pdf(asked)), _seconds(alone))
        for _ in range(_PDF_TIMES)
    ]
    ours, bare = (median(times) * 1000 for times in zip(*both, strict=True))
    return {"ours": ours, "alone": bare}


if __name__ == "__main__":
    print(json.dumps({name: globals()[name]() for name in sys.argv[1:]}))

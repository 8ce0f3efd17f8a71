import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import keptforms
from coprod.core.access import EVERYONE, Request, audience, public


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@audience(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: Request) -> HttpResponse:
    kept = keptforms.read(request.session, request.actor.user_id)
    if request.method == "POST":
        keptforms.throw_away(request.session)
        return redirect("home:home")
    if kept is None:
        return redirect("home:home")
    context = {"kept": kept, "told": keptforms.told(request, kept)}
    return render(request, "core/kept_form.html", context)


def _messages() -> Iterator[tuple[str, float, EmailMessage]]:
    for path in Path(settings.MAIL_DIR).glob("*.eml"):
        message = email.message_from_bytes(
            path.read_bytes(), policy=email.policy.default
        )
        yield path.stem.replace(".", "_"), path.stat().st_mtime, message


@public
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    if not settings.DEMONSTRATION:
        raise Http404
    newest = sorted(_messages(), key=lambda row: -row[1])[:50]
    rows = [
        {
            "name": name,
            "to": message["To"],
            "subject": message["Subject"],
            "at": dt.datetime.fromtimestamp(when, tz=dt.UTC),
        }
        for name, when, message in newest
    ]
    return render(request, "core/demo_mail.html", {"rows": rows})


@public
@require_safe
def demo_mail_message(request: HttpRequest, name: str) -> HttpResponse:
    if not settings.DEMONSTRATION:
        raise Http404
    for found, _, message in _messages():
        if found == name:
            body = message.get_body(preferencelist=("plain",))
            context = {"message": message, "body": body.get_content() if body else ""}
            return render(request, "core/demo_mail_message.html", context)
    raise Http404


def _problem(request: HttpRequest, template: str, status: int) -> HttpResponse:
    return render(request, f"errors/{template}.html", {}, status=status)


def bad_request(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    return _problem(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, "403", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _problem(request, "500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _problem(request, "csrf", 403)

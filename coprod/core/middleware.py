import re
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse

from coprod.core import formkeys, keptforms, logs
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.roles import WORKING_ROLES

GetResponse = Callable[[HttpRequest], HttpResponse]
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class RequestIdMiddleware:
    """Give every request an id that stands in the log, the audit trail and the error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        known = re.fullmatch(r"[0-9a-f-]{8,36}", given)
        request_id = given if known else str(uuid.uuid4())
        request.id = request_id  # type: ignore[attr-defined]  # read by ActorMiddleware
        logs.request_id.set(request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        # The web server writes its own log from this, after the answer.
        request.META["PATH_INFO"] = logs.without_secrets(request.path_info)
        return response


class PersonalPagesMiddleware:
    """Keep personal pages out of every cache, and switch off what the pages never use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store, private")
        response["Permissions-Policy"] = (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        )
        return response


class SmallPagesMiddleware(GZipMiddleware):
    """Send pages compressed, which a slow connection feels, and files as they are.

    Django adds a random number of bytes to each page, and the keys in our forms differ every time,
    so the length of a page does not give away what is in it.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page:
            return response
        return super().process_response(request, response)


class KeptFormMiddleware:
    """Put aside what was typed when a session ended before the form was sent (see keptforms)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Any,
        kwargs: Any,
    ) -> HttpResponse | None:
        open_to_all = not getattr(view, "login_required", True)
        if request.method != "POST" or request.user.is_authenticated or open_to_all:
            return None
        if not keptforms.put_aside(request):
            return None
        return redirect_to_login(reverse("core:kept-form"))


class SecondFactorMiddleware:
    """Send an account that works for the organisation to set up a second factor first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        actor = getattr(request, "actor", None)
        if actor is None or not (actor.roles & WORKING_ROLES):
            return None
        if (
            request.path.startswith("/accounts/")
            or getattr(view, "audience", "") == "public"
        ):
            return None
        if request.session.get("second_factor_ready"):
            return None
        from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415 - models load after middleware

        if is_mfa_enabled(request.user):
            request.session["second_factor_ready"] = True
            return None
        return redirect(reverse("mfa_index"))


def refusal(request: HttpRequest, problem: Exception) -> HttpResponse | None:
    """Answer a refusal that a view did not put on its form: a page that says why, never a 500."""
    if isinstance(problem, ActionDenied):
        return render(request, "errors/403.html", {"reason": str(problem)}, status=403)
    if isinstance(problem, InvalidTransition | RuleBroken):
        return render(request, "errors/409.html", {"reason": str(problem)}, status=409)
    return None


class FormKeyMiddleware:
    """Give every unsafe form of ours one effect and one answer (see formkeys)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Any,
        kwargs: Any,
    ) -> HttpResponse | None:
        # allauth's own forms are not ours to change; signing in twice has one effect by nature.
        ours = not getattr(view, "__module__", "").startswith("allauth")
        if request.method in _SAFE or not ours or hasattr(view, "form_key_exempt"):
            return None
        key = formkeys.read_key(request)
        if key is None:
            return render(request, "errors/out_of_date.html", status=400)
        try:
            response = formkeys.run_once(
                request, key, lambda: view(request, *args, **kwargs)
            )
        except (ActionDenied, InvalidTransition, RuleBroken) as problem:
            return refusal(request, problem)
        if response is formkeys.USED_ELSEWHERE:
            return render(request, "errors/stale_form.html", status=409)
        return response

    def process_exception(
        self, request: HttpRequest, problem: Exception
    ) -> HttpResponse | None:
        return refusal(request, problem)

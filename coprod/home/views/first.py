from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coprod.core import dates
from coprod.core.access import EVERYONE, Request, audience
from coprod.core.enums import Permission, Role
from coprod.home import queries
from payments.queries import finance


@audience(EVERYONE)
@require_safe
def home(request: Request) -> HttpResponse:
    return _page_for(request)(request)


def _page_for(request: Request) -> Callable[[Request], HttpResponse]:
    actor = request.actor
    if actor.can(Permission.SEND_NOTICES):
        return _staff
    if actor.can(Permission.APPROVE_CLAIMS):
        return _approver
    if queries.works_in_finance(actor):
        return _finance
    # They come to read, even when they are people we know too: the money of members is not theirs.
    if Role.AUDITOR in actor.roles:
        return _auditor
    if actor.person_id is None or Role.SPONSOR in actor.roles:
        return _reader
    return _member


def _staff(request: Request) -> HttpResponse:
    found = queries.today_for(
        request.actor, only_mine="mine" in request.GET, show_all="all" in request.GET
    )
    context = {"found": found, "only_mine": "mine" in request.GET}
    return render(request, "home/first_staff.html", context)


def _approver(request: Request) -> HttpResponse:
    return render(
        request, "home/first_approver.html", {"found": queries.deciding(request.actor)}
    )


def _finance(request: Request) -> HttpResponse:
    figures = finance.finance_home(request.actor, today=dates.today())
    return render(request, "home/first_finance.html", {"found": figures})


def _member(request: Request) -> HttpResponse:
    return render(
        request, "home/first_member.html", {"found": queries.member_home(request.actor)}
    )


def _auditor(request: Request) -> HttpResponse:
    return render(
        request, "home/first_auditor.html", {"found": queries.to_read(request.actor)}
    )


def _reader(request: Request) -> HttpResponse:
    context = {
        "groups": queries.reads_only(request.actor),
        "meetings": queries.meetings_to_come(request.actor),
    }
    return render(request, "home/first_reader.html", context)

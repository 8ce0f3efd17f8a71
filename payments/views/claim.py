from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.enums import Permission
from coprod.core.errors import RuleBroken
from groups.people.enums import SupportScope
from groups.people.models import Person
from meetings.models import Meeting
from payments import permissions, queries
from payments.actions import claims
from payments.forms.claim import StartForm
from payments.models import Claim
from payments.views.claim_parts import READERS, find_claim, name_of, shared
from payments.views.claim_send import check_page, send_form


@audience(*READERS)
@require_safe
def claim_list(request: Request) -> HttpResponse:
    is_own = not request.actor.can(Permission.SEE_ALL_CLAIMS)
    page = queries.claims_page(
        Claim.objects.visible_to(request.actor),
        for_team=not is_own,
        wanted=request.GET.get("state", ""),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "page": page,
        "is_own": is_own,
        "can_start": request.actor.has_scope(SupportScope.CLAIM),
        "wanted": request.GET.get("state", ""),
    }
    return render(request, "payments/claim_list.html", context)


def _person_to_claim_for(request: Request) -> Person:
    """Return the member acted as, or the one staff named in the address."""
    reference = request.GET.get("person", "")
    people = Person.objects.visible_to(request.actor)
    if reference and request.actor.can(Permission.HELP_WITH_CLAIMS):
        return get_object_or_404(people, reference=reference)
    return get_object_or_404(Person, pk=request.actor.person_id)


@audience(MEMBERS, STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_add(request: Request) -> HttpResponse:
    person = _person_to_claim_for(request)
    permissions.check_can_help(request.actor, person.pk)
    there = [row.meeting for row in queries.attended_without_claim(person.pk)]
    form = StartForm(request.POST or None, meetings=there)
    already = None
    if request.method == "POST" and form.is_valid():
        wanted = Meeting.objects.filter(reference__in=form.cleaned_data["meetings"])
        try:
            claim = claims.draft_claim(
                person=person,
                by=request.actor,
                meetings=list(wanted.select_related("group").order_by("date", "pk")),
            )
        except claims.AlreadyClaimed as refusal:
            form.refuse(refusal)
            already = refusal.claim
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, "We have filled in the time. Check it, then send it."
            )
            return redirect(claim)
    context = {"form": form, "person": person, "already": already, "there": there}
    context["helping"] = name_of(request, person)
    return render(request, "payments/claim_add.html", context)


@audience(*READERS)
@require_safe
def claim_detail(request: Request, ref: str) -> HttpResponse:
    claim = find_claim(request, ref)
    lines = queries.lines_of(claim)
    if permissions.can_edit_claim(request.actor, claim):
        form = send_form(request, claim, lines)
        return check_page(request, claim, lines, form)
    context = shared(request, claim, lines) | {
        "status": queries.claim_status(claim, request.actor),
        "claimed": queries.sums(lines),
        "late": queries.late_words(claim, lines),
        "sums": queries.sums(lines, allowed=True),
        "can_verify": permissions.can_verify_claim(request.actor, claim),
        "can_approve": permissions.can_approve_claim(request.actor, claim),
        "can_withdraw": permissions.can_withdraw_claim(request.actor, claim),
    }
    return render(request, "payments/claim_status.html", context)

"""How we reach somebody: the page for herself, and the same for the team when she rings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core.access import MEMBERS, STAFF, Request, audience
from groups.notices import channels
from groups.notices.views.answers import REFUSALS
from groups.people import actions, permissions, queries
from groups.people.enums import Channel, SupportScope
from groups.people.forms import ReachForm, conflict
from groups.people.views.loading import load_page, page_url


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: Request, ref: str | None = None) -> HttpResponse:
    if ref is None and not request.actor.has_scope(SupportScope.DETAILS):
        # The page about her says what this helper may do.
        return redirect("people:me")
    page = load_page(request, ref)
    person = page.person
    permissions.check_can_change_person(request.actor, person)
    offered = [channel for channel in Channel if channels.is_set_up(channel)]
    decides = permissions.can_decide_for_herself(request.actor, person)
    is_own = decides and ref is None
    form = ReachForm(request.POST or None, page=page, offered=offered, is_own=is_own)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_reach(
                by=request.actor,
                person=person,
                version=form.cleaned_data["version"],
                wishes=form.wishes(),
                **form.facts(),
            )
        except actions.PersonChanged as changed:
            now = load_page(request, ref)
            form.initial = ReachForm(page=now, offered=offered, is_own=is_own).initial
            theirs = conflict.differences(form)
            form = form.again_from(now)
            form.add_error(None, str(changed))
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Saved. It counts from now on.")
            return redirect(page_url(person, ref))
    context = {
        "form": form,
        "person": person,
        "page": page,
        "theirs": theirs,
        "is_own": is_own,
        "is_self_service": ref is None,
        "can_take_a_break": permissions.can_take_a_break(request.actor, person),
        "stopped": queries.stopped_points(person),
        "has_texts": Channel.TEXT in offered,
        "back": page_url(person, ref),
    }
    return render(request, "notices/reach.html", context)

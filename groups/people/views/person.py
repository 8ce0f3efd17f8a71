import re

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.enums import Permission, Role
from groups.people import actions, permissions, queries
from groups.people.enums import ConsentPurpose
from groups.people.forms import FindPeopleForm, PersonForm, conflict
from groups.people.views.loading import load_page, load_person, page_url
from groups.people.views.moves import moves_from

_HISTORY_PER_PAGE = 50
_REFERENCE = re.compile(r"P-[0-9A-Z-]{1,17}")


@audience(STAFF, Role.AUDITOR)
@require_safe
def people_list(request: Request) -> HttpResponse:
    form = FindPeopleForm(request.GET or None, topics=queries.topics())
    wanted = form.wanted() if form.is_bound else queries.PeopleFilter()
    page = queries.people_page(
        request.actor,
        wanted,
        after=_turned_from(request, "after"),
        before=_turned_from(request, "before"),
    )
    kept = [(name, request.GET[name]) for name in form.fields if request.GET.get(name)]
    context = {
        "form": form,
        "page": page,
        "is_filtered": not wanted.is_empty,
        "sees_needs": request.actor.can(Permission.SEE_ACCESS_NEEDS),
        "can_add": permissions.can_add_person(request.actor),
        "previous_query": urlencode([*kept, ("before", page.before)])
        if page.before
        else "",
        "next_query": urlencode([*kept, ("after", page.after)]) if page.after else "",
    }
    return render(request, "people/person_list.html", context)


def _turned_from(request: Request, name: str) -> str:
    """Return the reference a page is turned from; anything else starts at the beginning."""
    given = request.GET.get(name, "")
    return given if _REFERENCE.fullmatch(given) else ""


@audience(STAFF, Role.AUDITOR)
@require_safe
def detail(request: Request, ref: str) -> HttpResponse:
    page = load_page(request, ref)
    person, actor = page.person, request.actor
    sees_needs = permissions.can_see_access_needs(actor, person)
    actions.note_sensitive_read(
        by=actor, person=person, what="access needs" if sees_needs else "record"
    )
    ahead = person.invitations.filter(
        meeting__starts_at__gte=timezone.now(), meeting__state="published"
    )
    context = {
        "page": page,
        "person": person,
        "sees_needs": sees_needs,
        "memberships": queries.memberships_of(person),
        "invitations": ahead.select_related("meeting__group").order_by(
            "meeting__starts_at", "pk"
        ),
        "deliveries": queries.sent_lately(person),
        "can_change": permissions.can_change_person(actor, person),
        "moves": moves_from(person.standing)
        if permissions.can_move_person(actor)
        else [],
    }
    return render(request, "people/person_detail.html", context)


@audience(STAFF, Role.AUDITOR)
@require_safe
def history(request: Request, ref: str) -> HttpResponse:
    person = load_person(request, ref)
    events = queries.history_of(person)
    page = Paginator(events, _HISTORY_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "people/person_history.html", {"person": person, "page": page}
    )


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, ref: str | None = None) -> HttpResponse:
    page = load_page(request, ref)
    person = page.person
    permissions.check_can_change_person(request.actor, person)
    is_own = permissions.can_decide_for_herself(request.actor, person) and ref is None
    asks_consent = ref is not None and not page.agreed_to(ConsentPurpose.NETWORK)
    wording = queries.current_wording(ConsentPurpose.NETWORK) if asks_consent else None
    form = PersonForm(
        request.POST or None,
        initial=PersonForm.of(page),
        topics=queries.topics(),
        wording=wording,
        is_own=is_own,
        is_team=ref is not None,
    )
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_person(
                by=request.actor,
                person=person,
                version=form.cleaned_data["version"] or 0,
                **form.values(page=page),
            )
        except actions.PersonChanged as changed:
            form.initial = PersonForm.of(load_page(request, ref))
            theirs = conflict.differences(form)
            form = form.again_from(changed.theirs.version)
            form.add_error(None, str(changed))
        else:
            messages.success(request, "The details are saved.")
            return redirect(page_url(person, ref))
    context = {
        "form": form,
        "person": person,
        "wording": wording,
        "theirs": theirs,
        "back": page_url(person, ref),
        "is_own": is_own,
    }
    return render(request, "people/person_form.html", context)

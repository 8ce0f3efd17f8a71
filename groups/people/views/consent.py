from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core.access import MEMBERS, STAFF, Request, audience
from groups.people import actions, permissions
from groups.people.enums import GivenHow
from groups.people.forms import ConsentForm
from groups.people.models import ConsentRecord, ConsentWording
from groups.people.views.loading import load_person, page_url


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_ask(request: Request, ref: str, pk: int) -> HttpResponse:
    person = load_person(request, ref)
    permissions.check_can_decide_for_herself(request.actor, person)
    wording = get_object_or_404(ConsentWording, pk=pk)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["agreed"] == "yes":
            consent = actions.NewConsent(wording.pk, form.cleaned_data["given_how"])
            actions.give_consent(by=request.actor, person=person, consent=consent)
            messages.success(request, "We have recorded that they agreed.")
        else:
            messages.success(request, "Nothing is recorded. You can ask another time.")
        return redirect(person)
    context = {"form": form, "person": person, "wording": wording}
    return render(request, "people/consent_form.html", context)


@audience(MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def my_consent(request: Request, pk: int) -> HttpResponse:
    person = load_person(request, None)
    permissions.check_can_decide_for_herself(request.actor, person)
    wording = get_object_or_404(ConsentWording, pk=pk)
    if request.method == "POST":
        consent = actions.NewConsent(wording.pk, GivenHow.ONLINE)
        actions.give_consent(by=request.actor, person=person, consent=consent)
        messages.success(request, "Thank you. We have your answer.")
        return redirect("people:me")
    context = {
        "person": person,
        "question": f"{wording.get_purpose_display()}?",
        "effect": wording.words,
        "button": "Yes, I agree",
        "back": page_url(person, None),
    }
    return render(request, "people/confirm.html", context)


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_withdraw(request: Request, pk: int, ref: str | None = None) -> HttpResponse:
    person = load_person(request, ref)
    permissions.check_can_decide_for_herself(request.actor, person)
    records = ConsentRecord.objects.select_related("person", "wording")
    record = get_object_or_404(records, pk=pk, person=person)
    if request.method == "POST":
        actions.withdraw_consent(by=request.actor, record=record)
        messages.success(request, "This is taken back from today.")
        return redirect(page_url(person, ref))
    context = {
        "person": person,
        "question": f"Take back: {record.wording.get_purpose_display().lower()}?",
        "effect": "It counts from now on. You can say yes again at any time.",
        "button": "Take it back",
        "back": page_url(person, ref),
    }
    return render(request, "people/confirm.html", context)

"""The moves a person can make in the network, each with its own page to confirm it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core.access import STAFF, Request, audience
from coprod.core.actors import Actor
from groups.people import actions, permissions
from groups.people.enums import PERSON_TRANSITIONS, PersonState
from groups.people.forms import BreakForm, ReasonForm
from groups.people.models import Person
from groups.people.views.loading import load_person


@dataclass(frozen=True)
class Move:
    """One thing staff may record, and the words of its page."""

    slug: str
    to: str
    run: Callable[..., Person]
    label: str
    question: str
    effect: str
    done: str
    asks_reason: bool = False
    asks_length: bool = False
    # Where it leads from, when that is not wherever the state table allows.
    only_from: frozenset[str] = frozenset()

    def leads_from(self, state: str) -> bool:
        if self.only_from:
            return state in self.only_from
        return self.to in PERSON_TRANSITIONS[state]


def _take_a_break(
    *, by: Actor, person: Person, until: dt.date | None, reason: str
) -> Person:
    # A break whose day has passed is still in the row until the worker has written it down.
    if person.state == PersonState.PAUSED:
        return actions.change_break(by=by, person=person, until=until)
    return actions.pause_person(by=by, person=person, until=until, reason=reason)


MOVES = (
    Move(
        "take-part",
        PersonState.ACTIVE,
        actions.start_taking_part,
        "Record that they take part",
        "Does {name} take part now?",
        "They are shown as taking part, and hear from us as before.",
        "We have recorded that {name} takes part.",
        only_from=frozenset(
            {PersonState.ENQUIRER, PersonState.WELCOMING, PersonState.PAUSED}
        ),
    ),
    Move(
        "pause",
        PersonState.PAUSED,
        _take_a_break,
        "Record a break",
        "Does {name} want a break?",
        "They stay on the network and in their groups. Meanwhile they only hear about money, about "
        "what they said yes to, and when a meeting is cancelled. They can come back at any time.",
        "We have recorded that {name} takes a break.",
        asks_length=True,
    ),
    Move(
        "break-length",
        PersonState.PAUSED,
        _take_a_break,
        "Change how long the break is",
        "How long is the break of {name}?",
        "It counts from today. They can come back at any time.",
        "We have recorded how long {name} takes a break.",
        asks_length=True,
        only_from=frozenset({PersonState.PAUSED}),
    ),
    Move(
        "welcome",
        PersonState.WELCOMING,
        actions.welcome_back,
        "Welcome them",
        "Do you want to welcome {name}?",
        "They are shown as being welcomed.",
        "{name} is being welcomed.",
    ),
    Move(
        "leave",
        PersonState.LEFT,
        actions.record_leaving,
        "Record that they left",
        "Has {name} left the network?",
        "We stop writing to them and ringing them at once. A letter that is printed is named, so "
        "that it is taken out of its pile. Money that is on its way is still paid.",
        "We have recorded that {name} left.",
        asks_reason=True,
    ),
    Move(
        "died",
        PersonState.DECEASED,
        actions.record_death,
        "Record that they died",
        "Has {name} died?",
        "No letter, call or e-mail goes to them again, and nobody can sign in as them. A letter "
        "that is printed is named, so that it is taken out of its pile.",
        "We have recorded that {name} died. We are sorry.",
    ),
    Move(
        "mistake",
        PersonState.ACTIVE,
        actions.start_taking_part,
        "This was a mistake: they are still with us",
        "Was it a mistake, and is {name} still with us?",
        "They take part as before. What we stopped, and is still of use, goes out after all.",
        "We have put it right. {name} takes part.",
        only_from=frozenset({PersonState.LEFT, PersonState.DECEASED}),
    ),
)


def moves_from(state: str) -> list[Move]:
    """Return what may be recorded next about somebody in this state."""
    return [move for move in MOVES if move.leads_from(state)]


def _form_of(move: Move, request: Request) -> BreakForm | ReasonForm:
    data = request.POST or None
    return BreakForm(data, is_own=False) if move.asks_length else ReasonForm(data)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, ref: str, slug: str) -> HttpResponse:
    person = load_person(request, ref)
    chosen = next(
        (move for move in moves_from(person.standing) if move.slug == slug), None
    )
    if chosen is None:
        raise Http404
    permissions.check_can_move_person(request.actor)
    form = _form_of(chosen, request)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = {}
        if isinstance(form, BreakForm):
            values["until"] = form.until()
        if chosen.asks_reason or chosen.asks_length:
            values["reason"] = form.cleaned_data["reason"]
        chosen.run(by=request.actor, person=person, **values)
        messages.success(request, chosen.done.format(name=person.known_as))
        return redirect(person)
    context = {
        "person": person,
        "form": form if chosen.asks_reason or chosen.asks_length else None,
        "question": chosen.question.format(name=person.known_as),
        "effect": chosen.effect,
        "button": chosen.label,
        "back": person.get_absolute_url(),
    }
    return render(request, "people/confirm.html", context)

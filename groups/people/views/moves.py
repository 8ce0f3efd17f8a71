"""The moves a person can make in the network, each with its own page to confirm it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core.access import STAFF, Request, audience
from groups.people import actions, permissions
from groups.people.enums import PERSON_TRANSITIONS, PersonState
from groups.people.forms import ReasonForm
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


MOVES = (
    Move(
        "take-part",
        PersonState.ACTIVE,
        actions.start_taking_part,
        "Record that they take part",
        "Does {name} take part now?",
        "They are shown as taking part. Nothing is sent.",
        "We have recorded that {name} takes part.",
    ),
    Move(
        "pause",
        PersonState.PAUSED,
        actions.pause_person,
        "Record a break",
        "Does {name} want a break?",
        "They stay on the network and in their groups. They can come back at any time.",
        "We have recorded that {name} takes a break.",
        asks_reason=True,
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
        "We stop writing to them and ringing them. Money that is on its way is still paid.",
        "We have recorded that {name} left.",
        asks_reason=True,
    ),
    Move(
        "died",
        PersonState.DECEASED,
        actions.record_death,
        "Record that they died",
        "Has {name} died?",
        "No letter, call or e-mail goes to them again, and nobody can sign in as them.",
        "We have recorded that {name} died. We are sorry.",
    ),
)


def moves_from(state: str) -> list[Move]:
    """Return what may be recorded next about somebody in this state."""
    return [move for move in MOVES if move.to in PERSON_TRANSITIONS[state]]


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, ref: str, slug: str) -> HttpResponse:
    person = load_person(request, ref)
    chosen = next(
        (move for move in moves_from(person.state) if move.slug == slug), None
    )
    if chosen is None:
        raise Http404
    permissions.check_can_move_person(request.actor)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = {}
        if chosen.asks_reason:
            values["reason"] = form.cleaned_data["reason"]
        chosen.run(by=request.actor, person=person, **values)
        messages.success(request, chosen.done.format(name=person.known_as))
        return redirect(person)
    context = {
        "person": person,
        "form": form if chosen.asks_reason else None,
        "question": chosen.question.format(name=person.known_as),
        "effect": chosen.effect,
        "button": chosen.label,
        "back": person.get_absolute_url(),
    }
    return render(request, "people/confirm.html", context)

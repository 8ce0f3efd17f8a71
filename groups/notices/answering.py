"""Calls whose answer belongs to a room above.

Ringing somebody about an invitation ends in an answer to the invitation. The outbox shows the call
and must not know of meetings, so the room that owes such calls names a finder when it starts:
for one call it returns the form of the answer and the address that takes it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django import forms

from groups.notices.models import Delivery


@dataclass(frozen=True)
class Card:
    """How the answer to one call is taken: the form, where it goes, and a button for each answer.

    A button is the value it posts as `outcome`, its words, and the name of its icon or nothing.
    """

    form: forms.Form
    url: str
    buttons: tuple[tuple[str, str, str], ...]


Finder = Callable[[Delivery], Card | None]
_finders: dict[str, Finder] = {}


def register(occasions: Iterable[str], finder: Finder) -> None:
    """Let a room above take the answers to calls about these occasions."""
    _finders.update(dict.fromkeys(occasions, finder))


def card_for(call: Delivery) -> Card | None:
    """Return how the answer to this call is taken, or None when it is only "we spoke"."""
    finder = _finders.get(call.notice.occasion)
    return finder(call) if finder is not None else None

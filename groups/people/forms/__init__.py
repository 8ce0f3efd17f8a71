"""The forms about people, by what they ask."""

from groups.people.forms.person import PersonForm
from groups.people.forms.reach import BreakForm, ReachForm
from groups.people.forms.small import (
    ConsentForm,
    ContactForm,
    FindPeopleForm,
    NeedForm,
    OwnWordsForm,
    ReasonForm,
    SupporterForm,
)

__all__ = [
    "BreakForm",
    "ConsentForm",
    "ContactForm",
    "FindPeopleForm",
    "NeedForm",
    "OwnWordsForm",
    "PersonForm",
    "ReachForm",
    "ReasonForm",
    "SupporterForm",
]

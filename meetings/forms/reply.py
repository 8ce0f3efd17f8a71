from collections.abc import Sequence
from typing import Any

from coprod.core import formpack
from meetings.enums import WAYS_TO_JOIN, JoinMode, Reply, ReplyRoute
from meetings.models import Invitation

SOMEBODY_ELSE = "other"
_HER_WORDS = {
    JoinMode.ROOM: "In the room",
    JoinMode.VIDEO: "By video",
    JoinMode.PHONE: "By phone",
    JoinMode.WRITTEN: "I will write my thoughts",
}


class ReplyForm(formpack.Form):
    """Whether a person comes, how, and with whom."""

    button = "Send my answer"
    somebody = "Somebody to support me"
    reply = formpack.RadioField(
        label="Your answer",
        choices=[
            (Reply.COMING, "Yes, I am coming"),
            (Reply.NOT_COMING, "No, not this time"),
            (Reply.NOT_SURE, "I am not sure yet"),
        ],
        missing="Choose if you are coming",
    )
    join_mode = formpack.RadioField(
        label="How will you join?",
        choices=[],
        small=True,
        missing="Choose how you will join",
    )
    company = formpack.CheckboxesField(
        label="Who is coming with you?", choices=[], small=True, required=False
    )
    note = formpack.LongTextField(
        label="Anything new we should know?",
        hint="You do not need to tell us again what is already arranged.",
        max_length=2000,
        rows=3,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        invitation: Invitation,
        supporters: Sequence[str],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", self._initial(invitation, supporters))
        super().__init__(*args, **kwargs)
        ways = WAYS_TO_JOIN[invitation.meeting.mode]
        self.give_choices("join_mode", [(way, self.way_words(way)) for way in ways])
        self.give_choices(
            "company",
            [
                *[(name, name) for name in supporters],
                (
                    SOMEBODY_ELSE,
                    "Somebody else" if supporters else self.somebody,
                ),
            ],
        )

    def way_words(self, way: JoinMode) -> str:
        return _HER_WORDS[way]

    @staticmethod
    def _initial(invitation: Invitation, supporters: Sequence[str]) -> dict[str, Any]:
        if invitation.reply == Reply.NONE:
            return {}
        named = [name for name in supporters if name in invitation.supporter_name]
        is_other = invitation.with_supporter and not named
        return {
            "reply": invitation.reply,
            "join_mode": invitation.join_mode,
            "company": named + ([SOMEBODY_ELSE] if is_other else []),
            "note": invitation.note,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reply") != Reply.COMING:
            # Without script the question is always there; only somebody who comes must answer it.
            self.errors.pop("join_mode", None)
            data.setdefault("join_mode", "")
        return data

    def answer(self) -> dict[str, Any]:
        """Return what actions.replies.record_reply takes."""
        data = self.cleaned_data
        names = [name for name in data["company"] if name != SOMEBODY_ELSE]
        return {
            "reply": data["reply"],
            "join_mode": data["join_mode"],
            "with_supporter": bool(data["company"]),
            "supporter_name": ", ".join(names),
            "note": data["note"],
        }


class ReplyForHerForm(ReplyForm):
    """What a person told staff, written down as hers."""

    button = "Save their answer"
    somebody = "Somebody to support them"
    reply = formpack.RadioField(
        label="What did they say?",
        choices=[
            (Reply.COMING, "Coming"),
            (Reply.NOT_COMING, "Not coming"),
            (Reply.NOT_SURE, "Not sure yet"),
        ],
        missing="Choose what they said",
    )
    join_mode = formpack.RadioField(
        label="How will they join?",
        choices=[],
        small=True,
        missing="Choose how they will join",
    )
    company = formpack.CheckboxesField(
        label="Who is coming with them?", choices=[], small=True, required=False
    )
    note = formpack.LongTextField(
        label="Anything new we should know?", max_length=2000, rows=3, required=False
    )
    route = formpack.RadioField(
        label="How did they tell you?",
        choices=[
            (ReplyRoute.PHONE, "By phone"),
            (ReplyRoute.POST, "By post"),
            (ReplyRoute.IN_PERSON, "In person"),
        ],
        small=True,
        missing="Choose how they told you",
    )

    def way_words(self, way: JoinMode) -> str:
        return str(way.label)

    def answer(self) -> dict[str, Any]:
        """Return what actions.replies.record_reply takes, with how she told us."""
        return super().answer() | {"route": self.cleaned_data["route"]}

"""The language somebody is written to in, asked the same way on each form."""

from coprod.core import formpack
from groups.people.enums import Language

OWN_LABEL = "Language we write to you in"


class LanguageField(formpack.SelectField):
    """One of the languages we can print. Left alone it stays as it is."""

    def __init__(self) -> None:
        super().__init__(
            label="Language we write to them in",
            hint=(
                "Letters and e-mails start and end in this language. The rest is in "
                "English. We can read it out or have it translated."
            ),
            choices=Language.choices,
            required=False,
        )

class ActionDenied(Exception):
    """The actor may not do this. The message is a sentence fit to show."""


class InvalidTransition(Exception):
    """The thing is not in a state from which this move can be made. Fit to show."""


class EditConflict(Exception):
    """Somebody else changed the text first. Holds both texts so that neither is lost."""

    def __init__(self, message: str, *, yours: str, theirs: str, version: int) -> None:
        super().__init__(message)
        self.yours = yours
        self.theirs = theirs
        self.version = version


class RuleBroken(Exception):
    """The values are well formed but a rule of the product forbids them. Fit to show.

    `field` names the form field the sentence belongs to, when there is one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

from django.db import models


class PersonState(models.TextChoices):
    """Where a person stands with the network. None of these says anything is missing."""

    ENQUIRER = "enquirer", "Asked about us"
    WELCOMING = "welcoming", "Being welcomed"
    ACTIVE = "active", "Taking part"
    PAUSED = "paused", "Taking a break"
    LEFT = "left", "Left"
    DECEASED = "deceased", "Died"
    ANONYMISED = "anonymised", "Removed"


PERSON_TRANSITIONS: dict[str, frozenset[str]] = {
    PersonState.ENQUIRER: frozenset(
        {
            PersonState.WELCOMING,
            PersonState.ACTIVE,
            PersonState.LEFT,
            PersonState.DECEASED,
        }
    ),
    PersonState.WELCOMING: frozenset(
        {PersonState.ACTIVE, PersonState.PAUSED, PersonState.LEFT, PersonState.DECEASED}
    ),
    PersonState.ACTIVE: frozenset(
        {PersonState.PAUSED, PersonState.LEFT, PersonState.DECEASED}
    ),
    PersonState.PAUSED: frozenset(
        {PersonState.ACTIVE, PersonState.LEFT, PersonState.DECEASED}
    ),
    # Back to taking part: that she had left, or died, was written down by mistake.
    PersonState.LEFT: frozenset(
        {
            PersonState.ACTIVE,
            PersonState.WELCOMING,
            PersonState.DECEASED,
            PersonState.ANONYMISED,
        }
    ),
    PersonState.DECEASED: frozenset({PersonState.ACTIVE, PersonState.ANONYMISED}),
    PersonState.ANONYMISED: frozenset(),
}


class BreakLength(models.TextChoices):
    """How long a person takes a break."""

    ONE = "1", "One month"
    THREE = "3", "Three months"
    SIX = "6", "Six months"
    OPEN = "open", "Until they tell us"


class Capacity(models.TextChoices):
    """In what capacity somebody is known to us."""

    LIVED = "lived", "Lived experience"
    CARER = "carer", "Unpaid carer"
    STAFF = "staff", "Staff"
    PARTNER = "partner", "Partner organisation"
    COUNCILLOR = "councillor", "Councillor"


class ContactKind(models.TextChoices):
    POST = "post", "Post"
    LANDLINE = "landline", "Home phone"
    MOBILE = "mobile", "Mobile phone"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"


class Channel(models.TextChoices):
    """How something reaches a person. Letter and phone are channels like e-mail."""

    EMAIL = "email", "E-mail"
    TEXT = "text", "Text message"
    LETTER = "letter", "Letter"
    PHONE = "phone", "Phone call"


class Purpose(models.TextChoices):
    """What a message is about, so that each can go a different way."""

    EVERYTHING = "everything", "Everything"
    MEETINGS = "meetings", "Meetings and papers"
    REMINDERS = "reminders", "Reminders"
    MONEY = "money", "Money"
    NEWS = "news", "News and chances to take part"


class PrintSize(models.IntegerChoices):
    """Point size of everything printed for a person (practice.md: 14 point; large print 18)."""

    STANDARD = 14, "14 point"
    LARGE = 18, "18 point"
    LARGER = 24, "24 point"


class Language(models.TextChoices):
    """What a person is written to in (BCP 47). Only what the typefaces of our PDFs can print."""

    ENGLISH = "en-GB", "English"
    ARABIC = "ar", "Arabic"
    FRENCH = "fr", "French"
    POLISH = "pl", "Polish"
    PORTUGUESE = "pt", "Portuguese"
    ROMANIAN = "ro", "Romanian"
    SOMALI = "so", "Somali"
    SPANISH = "es", "Spanish"
    TURKISH = "tr", "Turkish"
    UKRAINIAN = "uk", "Ukrainian"
    WELSH = "cy", "Welsh"


class NeedCategory(models.TextChoices):
    CONTACT = "contact", "How to reach me"
    FORMAT = "format", "How I read"
    ROOM = "room", "In the room or on screen"
    PEOPLE = "people", "People with me"
    JOIN_IN = "join_in", "What helps me join in"
    TRAVEL = "travel", "Getting there"


class Relation(models.TextChoices):
    CARER = "carer", "Family carer"
    ASSISTANT = "assistant", "Personal assistant"
    ADVOCATE = "advocate", "Advocate"
    FRIEND = "friend", "Friend"
    GUARDIAN = "guardian", "Parent or guardian"
    ATTORNEY = "attorney", "Attorney or deputy"


class SupportScope(models.TextChoices):
    """What a supporter may do for a member. Never equality answers, never another supporter."""

    SEE = "see", "See my meetings and papers"
    REPLY = "reply", "Reply for me"
    CLAIM = "claim", "Help with my claims"
    DETAILS = "details", "See and change my details and needs"


class ConsentPurpose(models.TextChoices):
    NETWORK = "network", "Be on the Your Voice network"
    NEWS = "news", "Hear about chances to take part"


class GivenHow(models.TextChoices):
    PHONE = "phone", "By phone"
    IN_PERSON = "in_person", "In person"
    PAPER = "paper", "On paper"
    ONLINE = "online", "Online"


class SignInCapacity(models.TextChoices):
    SELF = "self", "Themselves"
    SUPPORTER = "supporter", "Supporter"

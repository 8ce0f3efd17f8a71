"""Everything one page says about one person, in as few statements as can be."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet

from coprod.core import dates
from coprod.core.models import AuditEvent
from coprod.core.nested import Lists, Rows, same
from groups.people.enums import (
    Channel,
    ConsentPurpose,
    ContactKind,
    GivenHow,
    NeedCategory,
    Purpose,
    Relation,
    SignInCapacity,
    SupportScope,
)
from groups.people.models import (
    AccessNeed,
    AccessPassport,
    ChannelPreference,
    ConsentRecord,
    ConsentWording,
    ContactPoint,
    Interest,
    Person,
    SignIn,
    Supporter,
)
from groups.people.queries.actors import spoken
from groups.people.queries.flags import Flag, flags_of, need_icon, state_colour
from groups.people.queries.wishes import Wish, fallback_channel

# What a supporter may do, said of her and not by the member.
SCOPE_WORDS = {
    SupportScope.SEE: "see meetings and papers",
    SupportScope.REPLY: "reply to invitations",
    SupportScope.CLAIM: "help with claims",
    SupportScope.DETAILS: "see and change details and needs",
}
CHANNEL_WORDS = {
    Channel.EMAIL: "by e-mail",
    Channel.TEXT: "by text message",
    Channel.LETTER: "by post",
    Channel.PHONE: "by phone",
}
Row = dict[str, Any]
POINT_ICONS = {
    ContactKind.POST: "letter",
    ContactKind.LANDLINE: "phone",
    ContactKind.MOBILE: "phone",
    ContactKind.TEXT: "text",
    ContactKind.EMAIL: "email",
}


@dataclass(frozen=True)
class Point:
    """One live way to reach her."""

    pk: int
    kind: str
    value: str
    postcode: str
    note: str

    @property
    def label(self) -> str:
        return ContactKind(self.kind).label

    @property
    def icon(self) -> str:
        return POINT_ICONS[ContactKind(self.kind)]

    @property
    def lines(self) -> list[str]:
        return [
            *spoken(self.kind, self.value).splitlines(),
            *([self.postcode] if self.postcode else []),
        ]


@dataclass(frozen=True)
class Need:
    pk: int
    category: str
    detail: str
    must: bool
    for_meetings: bool

    @property
    def label(self) -> str:
        return NeedCategory(self.category).label

    @property
    def icon(self) -> str:
        return need_icon(self.category, self.detail)

    @property
    def who_may_know(self) -> str:
        return "The team and the chair" if self.for_meetings else "The team only"


@dataclass(frozen=True)
class Consent:
    """One thing a person agreed to, or took back."""

    pk: int
    purpose: str
    number: int
    words: str
    how: str
    given_at: dt.datetime
    withdrawn_at: dt.datetime | None

    @property
    def label(self) -> str:
        return ConsentPurpose(self.purpose).label

    @property
    def how_words(self) -> str:
        return GivenHow(self.how).label.lower()


@dataclass(frozen=True)
class Asked:
    """The newest words for one thing people are asked to agree to."""

    pk: int
    purpose: str

    @property
    def label(self) -> str:
        return ConsentPurpose(self.purpose).label


@dataclass(frozen=True)
class Helper:
    """Somebody who helps her now, or whom she helps."""

    pk: int
    known_as: str
    reference: str
    relation: str
    may: tuple[str, ...]
    how: str
    from_date: dt.date

    @property
    def relation_words(self) -> str:
        return Relation(self.relation).label.lower()

    @property
    def how_words(self) -> str:
        return GivenHow(self.how).label.lower()


@dataclass(frozen=True)
class PersonPage:
    """A person and everything around her that people, not meetings or money, know."""

    person: Person
    channel: str
    points: list[Point]
    needs: list[Need]
    own_words: str
    agreed_to_share: bool
    supporters: list[Helper]
    supports: list[Helper]
    consents: list[Consent]
    wordings: list[Asked]
    topics: list[str]
    can_sign_in: bool
    wishes: dict[str, Wish]

    @property
    def state_colour(self) -> str:
        return state_colour(self.person.standing)

    @property
    def channel_words(self) -> str:
        return CHANNEL_WORDS[Channel(self.channel)]

    @property
    def other_channels(self) -> dict[str, str]:
        """How each kind of thing comes that has a way of its own, in words."""
        return {
            Purpose(purpose).label: _wish_words(wish)
            for purpose, wish in self.wishes.items()
            if purpose != Purpose.EVERYTHING
        }

    @property
    def flags(self) -> list[Flag]:
        rows = [
            {"category": need.category, "detail": need.detail, "must": need.must}
            for need in self.needs
        ]
        return flags_of(self.person, [point.kind for point in self.points], rows)

    def agreed_to(self, purpose: str) -> bool:
        """Tell whether a consent for this one thing stands."""
        return any(consent.purpose == purpose for consent in self.live_consents)

    @property
    def to_ask(self) -> list[Asked]:
        """What she has not agreed to, and may be asked."""
        return [
            wording for wording in self.wordings if not self.agreed_to(wording.purpose)
        ]

    @property
    def live_consents(self) -> list[Consent]:
        return [consent for consent in self.consents if consent.withdrawn_at is None]


def person_page(person: Person) -> PersonPage:
    """Return a person with everything around her, in one statement."""
    return _page(person, _LISTS.around([person.pk])[person.pk])


def _columns(today: dt.date) -> dict[str, Rows]:
    mine = {"person": OuterRef("pk")}
    needs = AccessNeed.objects.filter(
        passport__person=OuterRef("pk"), ended_at__isnull=True
    )
    return {
        "points": Rows(
            ContactPoint.objects.filter(stopped_at__isnull=True, **mine).order_by("pk"),
            **same("pk", "kind", "value", "postcode", "note"),
        ),
        "asked": Rows(
            ChannelPreference.objects.filter(**mine).order_by("pk"),
            **same("purpose", "channel", "print_size", "is_wanted"),
        ),
        "needs": Rows(
            needs.order_by("-must", "pk"),
            **same("pk", "category", "detail", "must", "for_meetings"),
        ),
        "passports": Rows(
            AccessPassport.objects.filter(**mine),
            **same("own_words", "agreed_to_share_at"),
        ),
        **_columns_of_help(today),
        "consents": Rows(
            ConsentRecord.objects.filter(**mine).order_by("-given_at", "-pk"),
            purpose="wording__purpose",
            number="wording__number",
            words="wording__words",
            how="given_how",
            **same("pk", "given_at", "withdrawn_at"),
        ),
        "wordings": Rows(
            ConsentWording.objects.filter(from_date__lte=today).order_by("number"),
            **same("pk", "purpose"),
        ),
        "topics": Rows(
            Interest.objects.filter(**mine).order_by("topic__name"), name="topic__name"
        ),
        "keys": Rows(
            SignIn.objects.filter(capacity=SignInCapacity.SELF, **mine), **same("pk")
        ),
    }


def _columns_of_help(today: dt.date) -> dict[str, Rows]:
    link = same("pk", "relation", "scopes", "from_date") | {"how": "agreed_how"}
    links = Supporter.objects.current(today).order_by("pk")
    return {
        "supporters": Rows(
            links.filter(member=OuterRef("pk")),
            known_as="supporter__known_as",
            reference="supporter__reference",
            **link,
        ),
        "supports": Rows(
            links.filter(supporter=OuterRef("pk")),
            known_as="member__known_as",
            reference="member__reference",
            **link,
        ),
    }


_LISTS = Lists(Person, _columns)


def _page(person: Person, lists: Mapping[str, list[Row]]) -> PersonPage:
    wishes = {
        row["purpose"]: Wish(row["channel"], row["print_size"], bool(row["is_wanted"]))
        for row in lists["asked"]
    }
    points = [Point(**row) for row in lists["points"]]
    passport = lists["passports"][0] if lists["passports"] else {}
    newest = {row["purpose"]: row["pk"] for row in lists["wordings"]}
    return PersonPage(
        person=person,
        channel=wishes.get(Purpose.EVERYTHING, Wish()).channel
        or fallback_channel(point.kind for point in points),
        points=points,
        needs=[_need(row) for row in lists["needs"]],
        own_words=passport.get("own_words", ""),
        agreed_to_share=passport.get("agreed_to_share_at") is not None,
        supporters=[_helper(row) for row in lists["supporters"]],
        supports=[_helper(row) for row in lists["supports"]],
        consents=[_consent(row) for row in lists["consents"]],
        wordings=[Asked(pk, purpose) for purpose, pk in newest.items()],
        topics=[row["name"] for row in lists["topics"]],
        can_sign_in=bool(lists["keys"]),
        wishes=wishes,
    )


def _wish_words(wish: Wish) -> str:
    if not wish.is_wanted:
        return "not wanted"
    parts = [CHANNEL_WORDS[Channel(wish.channel)]] if wish.channel else []
    if wish.print_size:
        parts.append(f"in {wish.print_size} point print")
    return ", ".join(parts)


def _need(row: Row) -> Need:
    return Need(
        row["pk"],
        row["category"],
        row["detail"],
        bool(row["must"]),
        bool(row["for_meetings"]),
    )


def _helper(row: Row) -> Helper:
    # SQLite hands a list inside a list over as its text.
    return Helper(
        pk=row["pk"],
        known_as=row["known_as"],
        reference=row["reference"],
        relation=row["relation"],
        may=tuple(SCOPE_WORDS[SupportScope(scope)] for scope in _list(row["scopes"])),
        how=row["how"],
        from_date=dt.date.fromisoformat(row["from_date"]),
    )


def _list(value: Any) -> list[str]:
    return json.loads(value) if isinstance(value, str) else value


def _moment(value: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _consent(row: Row) -> Consent:
    return Consent(
        pk=row["pk"],
        purpose=row["purpose"],
        number=row["number"],
        words=row["words"],
        how=row["how"],
        given_at=_moment(row["given_at"]),
        withdrawn_at=_moment(row["withdrawn_at"]) if row["withdrawn_at"] else None,
    )


def stopped_points(person: Person) -> QuerySet[ContactPoint]:
    """Return what we no longer use to reach her, newest first, with why."""
    stopped = person.contact_points.filter(stopped_at__isnull=False)
    return stopped.order_by("-stopped_at", "-pk")


def current_wording(purpose: str) -> ConsentWording | None:
    """Return the words to read out now when somebody is asked to agree to one thing."""
    wordings = ConsentWording.objects.filter(
        purpose=purpose, from_date__lte=dates.today()
    )
    return wordings.order_by("-number").first()


def history_of(person: Person) -> QuerySet[AuditEvent]:
    """Return what was done and read about a person, newest first."""
    return AuditEvent.objects.filter(about_person_id=person.pk).order_by("-at", "-pk")

"""Everything one page says about one person, in as few statements as can be."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet

from coprod.core import dates
from coprod.core.models import AuditEvent
from coprod.core.nested import Rows
from groups.people.enums import (
    Channel,
    ConsentPurpose,
    ContactKind,
    GivenHow,
    NeedCategory,
    Purpose,
    Relation,
    SupportScope,
)
from groups.people.models import (
    AccessNeed,
    ChannelPreference,
    ConsentRecord,
    ConsentWording,
    ContactPoint,
    Interest,
    Person,
    SignIn,
    Supporter,
)
from groups.people.queries.actors import fallback_channel, spoken
from groups.people.queries.flags import Flag, flags_of, need_icon, state_colour

# What a supporter may do, said of her and not by the member.
SCOPE_WORDS = {
    SupportScope.SEE: "see meetings and papers",
    SupportScope.REPLY: "reply to invitations",
    SupportScope.CLAIM: "help with claims",
    SupportScope.DETAILS: "see and change details and needs",
}
CHANNEL_WORDS = {
    Channel.EMAIL: "by e-mail",
    Channel.LETTER: "by post",
    Channel.PHONE: "by phone",
}
Row = Mapping[str, Any]
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
    topics: list[str]
    can_sign_in: bool
    other_channels: dict[str, str]

    @property
    def state_colour(self) -> str:
        return state_colour(self.person.state)

    @property
    def channel_words(self) -> str:
        return CHANNEL_WORDS[Channel(self.channel)]

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
    def live_consents(self) -> list[Consent]:
        return [consent for consent in self.consents if consent.withdrawn_at is None]


def person_page(people: QuerySet[Person]) -> PersonPage | None:
    """Return the one person of a queryset with everything around her, in one statement."""
    person = _with_everything(people).first()
    return None if person is None else _page(person)


def _with_everything(people: QuerySet[Person]) -> QuerySet[Person]:
    mine = {"person": OuterRef("pk")}
    today = dates.today()
    helping = {
        "pk": "pk",
        "relation": "relation",
        "scopes": "scopes",
        "how": "agreed_how",
        "from_date": "from_date",
    }
    return people.select_related("staff_contact", "passport").annotate(
        point_rows=Rows(
            ContactPoint.objects.filter(stopped_at__isnull=True, **mine).order_by("pk"),
            **_same("pk", "kind", "value", "postcode", "note"),
        ),
        asked_rows=Rows(
            ChannelPreference.objects.filter(**mine).order_by("pk"),
            **_same("purpose", "channel"),
        ),
        need_rows=Rows(
            AccessNeed.objects.filter(
                passport__person=OuterRef("pk"), ended_at__isnull=True
            ).order_by("-must", "pk"),
            **_same("pk", "category", "detail", "must", "for_meetings"),
        ),
        supporter_rows=Rows(
            Supporter.objects.current(today)
            .filter(member=OuterRef("pk"))
            .order_by("pk"),
            known_as="supporter__known_as",
            reference="supporter__reference",
            **helping,
        ),
        support_rows=Rows(
            Supporter.objects.current(today)
            .filter(supporter=OuterRef("pk"))
            .order_by("pk"),
            known_as="member__known_as",
            reference="member__reference",
            **helping,
        ),
        consent_rows=Rows(
            ConsentRecord.objects.filter(**mine).order_by("-given_at", "-pk"),
            purpose="wording__purpose",
            number="wording__number",
            words="wording__words",
            how="given_how",
            **_same("pk", "given_at", "withdrawn_at"),
        ),
        topic_rows=Rows(
            Interest.objects.filter(**mine).order_by("topic__name"), name="topic__name"
        ),
        key_rows=Rows(SignIn.objects.filter(**mine), capacity="capacity"),
    )


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _page(person: Any) -> PersonPage:
    asked = {row["purpose"]: row["channel"] for row in person.asked_rows}
    points = [Point(**row) for row in person.point_rows]
    passport = getattr(person, "passport", None)
    return PersonPage(
        person=person,
        channel=asked.pop(Purpose.EVERYTHING, None)
        or fallback_channel(point.kind for point in points),
        points=points,
        needs=[_need(row) for row in person.need_rows],
        own_words=passport.own_words if passport else "",
        agreed_to_share=bool(passport and passport.agreed_to_share_at),
        supporters=[_helper(row) for row in person.supporter_rows],
        supports=[_helper(row) for row in person.support_rows],
        consents=[_consent(row) for row in person.consent_rows],
        topics=[row["name"] for row in person.topic_rows],
        can_sign_in=any(row["capacity"] == "self" for row in person.key_rows),
        other_channels={
            Purpose(purpose).label: Channel(channel).label
            for purpose, channel in asked.items()
        },
    )


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


def current_wording(purpose: str) -> ConsentWording | None:
    """Return the words to read out now when somebody is asked to agree to one thing."""
    wordings = ConsentWording.objects.filter(
        purpose=purpose, from_date__lte=dates.today()
    )
    return wordings.order_by("-number").first()


def current_wordings() -> list[ConsentWording]:
    """Return the newest words for each thing people are asked to agree to."""
    newest: dict[str, ConsentWording] = {}
    for wording in ConsentWording.objects.filter(from_date__lte=dates.today()).order_by(
        "number"
    ):
        newest[wording.purpose] = wording
    return list(newest.values())


def history_of(person: Person) -> QuerySet[AuditEvent]:
    """Return what was done and read about a person, newest first."""
    return AuditEvent.objects.filter(about_person_id=person.pk).order_by("-at", "-pk")

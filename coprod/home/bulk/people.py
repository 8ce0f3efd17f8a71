"""The team's accounts, and the people of the network with all that is known about them."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from coprod.core.enums import Role
from coprod.core.models import RoleGrant, User
from coprod.home.bulk.rows import (
    CHANCE,
    STREETS,
    TOWNS,
    References,
    at,
    in_batches,
    name,
    save,
    write,
)
from groups.people.enums import (
    Capacity,
    Channel,
    ConsentPurpose,
    ContactKind,
    GivenHow,
    NeedCategory,
    PersonState,
    Purpose,
    SignInCapacity,
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
    Topic,
)
from payments.models import ApprovalLimit

_TEAM: dict[str, tuple[Role, ...]] = {
    "involvement": (Role.INVOLVEMENT,),
    "lead": (Role.INVOLVEMENT, Role.LEAD),
    "approver": (Role.APPROVER,),
    "finance": (Role.FINANCE,),
    "releaser": (Role.RELEASER,),
}
_CHANNELS = [Channel.EMAIL] * 12 + [Channel.LETTER] * 5 + [Channel.PHONE] * 3
_CAPACITIES = [Capacity.LIVED] * 15 + [Capacity.CARER] * 4 + [Capacity.PARTNER]
_STATES = (
    [PersonState.ACTIVE] * 17
    + [PersonState.WELCOMING, PersonState.PAUSED, PersonState.LEFT]
)  # fmt: skip
_TOPICS = ["Technology at home", "Getting about", "Carers", "Housing", "Dementia"]
_NEEDS = [
    (NeedCategory.ROOM, "A room with no steps"),
    (NeedCategory.ROOM, "A break after 45 minutes"),
    (NeedCategory.FORMAT, "Papers in large print, 18 point"),
    (NeedCategory.TRAVEL, "A taxi there and back"),
    (NeedCategory.PEOPLE, "A BSL interpreter"),
    (NeedCategory.JOIN_IN, "Papers a week before"),
]
_SIZES = [14] * 8 + [18] * 2
# One person in three has ever signed in.
_SIGNS_IN = 3


@dataclass(frozen=True)
class Known:
    """What the other modules need to know of one person."""

    pk: int
    name: str
    channel: str
    print_size: int


def hire() -> dict[str, User]:
    """Make the team's accounts. Nobody can sign in to them with a password."""
    team = {}
    for key, roles in _TEAM.items():
        user = User.objects.create_user(
            email=f"bulk-{key}@northshire.example", name=name()
        )
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
        team[key] = user
    ApprovalLimit.objects.create(user=team["approver"], limit_pence=50_000)
    return team


def gather(count: int, team: dict[str, User], today: dt.date) -> list[Known]:
    """Write people with their contact points, needs, consent, interests and sign-ins."""
    references = References("P")
    wording = ConsentWording.objects.get(purpose=ConsentPurpose.NETWORK, number=1)
    topics = save(Topic, (Topic(name=topic) for topic in _TOPICS))
    worker = team["involvement"]
    new = (
        Person(
            reference=references.new(),
            known_as=name(),
            capacity=CHANCE.choice(_CAPACITIES),
            state=CHANCE.choice(_STATES),
            print_size=CHANCE.choice(_SIZES),
            staff_contact=worker,
            added_at=at(today - dt.timedelta(days=CHANCE.randint(1, 1500)), 10),
            added_by=worker,
        )
        for _ in range(count)
    )
    known = []
    for people in in_batches(Person, new):
        channels = [CHANCE.choice(_CHANNELS) for _ in people]
        known += [
            Known(person.pk, person.known_as, channel, person.print_size)
            for person, channel in zip(people, channels, strict=True)
        ]
        _tell_about(people, channels, topics, wording)
        _let_in(people, channels)
    return known


def _tell_about(
    people: list[Person],
    channels: list[Channel],
    topics: list[Topic],
    wording: ConsentWording,
) -> None:
    both = list(zip(people, channels, strict=True))
    write(ContactPoint, (_point(person, channel) for person, channel in both))
    write(
        ChannelPreference,
        (
            ChannelPreference(
                person=person, purpose=Purpose.EVERYTHING, channel=channel
            )
            for person, channel in both
        ),
    )
    passports = save(AccessPassport, (_passport(person) for person in people))
    write(
        AccessNeed,
        (
            AccessNeed(passport=passport, category=category, detail=detail)
            for passport in passports
            for category, detail in CHANCE.sample(_NEEDS, CHANCE.choice([0, 1, 2]))
        ),
    )
    write(
        ConsentRecord,
        (
            ConsentRecord(
                person=person,
                wording=wording,
                given_how=GivenHow.PHONE,
                given_at=person.added_at,
                given_by=person.known_as,
                recorded_by=person.added_by,
            )
            for person in people
        ),
    )
    write(
        Interest,
        (Interest(person=person, topic=CHANCE.choice(topics)) for person in people),
    )


def _passport(person: Person) -> AccessPassport:
    return AccessPassport(
        person=person,
        agreed_to_share_at=person.added_at,
        agreed_to_share_by=person.known_as,
    )


def _email(person: Person) -> str:
    return f"{person.known_as.lower().replace(' ', '.')}.{person.pk}@post.example"


def _point(person: Person, channel: Channel) -> ContactPoint:
    if channel == Channel.EMAIL:
        return ContactPoint(person=person, kind=ContactKind.EMAIL, value=_email(person))
    if channel == Channel.PHONE:
        number = f"01632 96{person.pk % 10000:04}"
        return ContactPoint(person=person, kind=ContactKind.LANDLINE, value=number)
    street, town = CHANCE.choice(STREETS), CHANCE.choice(TOWNS)
    address = f"{CHANCE.randint(1, 90)} {street}\n{town}"
    return ContactPoint(
        person=person, kind=ContactKind.POST, value=address, postcode="NS4 2QT"
    )


def _let_in(people: list[Person], channels: list[Channel]) -> None:
    signing = [
        person
        for person, channel in zip(people, channels, strict=True)
        if channel == Channel.EMAIL and person.pk % _SIGNS_IN == 0
    ]
    none = make_password(None)
    users = save(
        User,
        (
            User(email=_email(person), name=person.known_as, password=none)
            for person in signing
        ),
    )
    write(
        EmailAddress,
        (
            EmailAddress(user=user, email=user.email, primary=True, verified=True)
            for user in users
        ),
    )
    write(
        SignIn,
        (
            SignIn(user=user, person=person, capacity=SignInCapacity.SELF)
            for user, person in zip(users, signing, strict=True)
        ),
    )

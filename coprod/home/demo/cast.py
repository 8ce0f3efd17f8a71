"""Who is in the demonstration."""

import datetime as dt
import secrets
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret

from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.models import RoleGrant, User
from coprod.home.demo import words
from groups.notices import actions as notices
from groups.people import actions as people
from groups.people.enums import (
    Capacity,
    Channel,
    ConsentPurpose,
    ContactKind,
    GivenHow,
    Language,
    NeedCategory,
    PersonState,
    Relation,
    SupportScope,
)
from groups.people.models import ConsentWording, Person
from groups.people.values import NewConsent, NewContact, NewNeed
from payments.models import ApprovalLimit


@dataclass(frozen=True)
class Sign:
    """One line of the cast: how somebody signs in to the demonstration."""

    role: str
    person: str
    sign_in: str
    password: str
    totp_secret: str | None


@dataclass
class Cast:
    accounts: dict[str, Actor] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    signs: list[Sign] = field(default_factory=list)


_STAFF: list[tuple[str, str, tuple[str, ...], str]] = [
    ("priya", "Priya Nair", (Role.INVOLVEMENT,), "Involvement worker"),
    ("tom", "Tom Ashworth", (Role.INVOLVEMENT,), "Involvement worker"),
    ("helen", "Helen Marsh", (Role.INVOLVEMENT, Role.LEAD), "Involvement lead"),
    ("graham", "Graham Oduya", (Role.APPROVER,), "Head of commissioning"),
    ("colin", "Colin Webb", (Role.FINANCE,), "Finance officer"),
    ("anita", "Anita Desai", (Role.RELEASER,), "Finance manager"),
    ("ruth", "Ruth Calloway", (Role.SPONSOR,), "Assistant Director"),
    ("moira", "Moira Finch", (Role.AUDITOR,), "Internal auditor"),
]
# Who of the staff also sits in groups, and so is a person too.
_ALSO_PEOPLE = {"priya", "tom", "ruth"}
# What the approver may decide alone, in pence: invented for the demonstration.
_LIMIT_PENCE = 25_000


def hire(cast: Cast) -> None:
    """Make the accounts that work for the council, each with a password and a second factor."""
    for key, name, roles, _title in _STAFF:
        email = f"{name.lower().replace(' ', '.')}@northshire.example"
        user, password = _account(name, email)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
        secret = generate_totp_secret()
        Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.TOTP,
            data={"secret": get_adapter().encrypt(secret)},
        )
        cast.accounts[key] = Actor(user=user, name=name, roles=frozenset(roles))
        if Role.APPROVER in roles:
            ApprovalLimit.objects.create(user=user, limit_pence=_LIMIT_PENCE)
        label = Role(roles[-1]).label
        cast.signs.append(Sign(label, name, email, password, secret))


def hire_into_groups(cast: Cast) -> None:
    """Let staff who sit in groups be people too, opened by the account they already have."""
    for key, name, _roles, title in _STAFF:
        if key not in _ALSO_PEOPLE:
            continue
        user = cast.accounts[key].user
        assert user is not None  # noqa: S101 - hire made it
        person = people.add_person(
            by=cast.accounts["helen"],
            known_as=name,
            capacity=Capacity.STAFF,
            state=PersonState.ACTIVE,
            job_title=title,
            organisation="Northshire County Council",
            channel=Channel.EMAIL,
            contact_points=[NewContact(ContactKind.EMAIL, user.email)],
        )
        people.open_sign_in(by=cast.accounts["helen"], person=person, email=user.email)
        cast.people[key] = person


def _account(name: str, email: str) -> tuple[User, str]:
    password = "-".join(secrets.choice(words.PASSWORD_WORDS) for _ in range(4))
    user = User.objects.create_user(email=email, name=name, password=password)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user, password


@dataclass(frozen=True)
class Member:
    key: str
    name: str
    channel: str = Channel.EMAIL
    capacity: str = Capacity.LIVED
    contacts: tuple[NewContact, ...] = ()
    needs: tuple[NewNeed, ...] = ()
    own_words: str = ""
    print_size: int = 14
    call_after: dt.time | None = None
    organisation: str = ""
    given_how: str = GivenHow.ONLINE


def _mail(address: str) -> NewContact:
    return NewContact(ContactKind.EMAIL, f"{address}@post.example")


_ROOM, _FORMAT, _PEOPLE = NeedCategory.ROOM, NeedCategory.FORMAT, NeedCategory.PEOPLE
MEMBERS: list[Member] = [
    Member(
        "marian",
        "Marian Okafor",
        contacts=(
            _mail("marian.okafor"),
            NewContact(ContactKind.MOBILE, "07700 900301"),
        ),
        print_size=18,
        needs=(
            NewNeed(_FORMAT, "Papers in large print, 18 point", lead_days=8),
            NewNeed(_ROOM, "A seat near the door, with room for a wheelchair"),
            NewNeed(_ROOM, "A break after 45 minutes"),
            NewNeed(NeedCategory.TRAVEL, "A taxi there and back", lead_days=3),
        ),
        own_words="Please say your name before you speak. I cannot always see who is talking.",
    ),
    Member(
        "dot",
        "Dot Hargreaves",
        channel=Channel.LETTER,
        contacts=(
            NewContact(
                ContactKind.POST, "4 Weir Cottages\nMill Lane\nElmsby", "NS4 2QT"
            ),
            NewContact(ContactKind.LANDLINE, "01632 960204"),
        ),
        print_size=18,
        call_after=dt.time(14),
        needs=(NewNeed(_ROOM, "A room with no steps"),),
        own_words="I tire in the mornings. Ring me after my dinner.",
        given_how=GivenHow.PHONE,
    ),
    Member(
        "bernadette",
        "Bernadette Quinn",
        contacts=(_mail("bernadette.quinn"),),
        needs=(NewNeed(_ROOM, "A hearing loop"),),
    ),
    Member(
        "owen",
        "Owen Pritchard",
        contacts=(_mail("owen.pritchard"),),
        needs=(NewNeed(_FORMAT, "Easy read copies of papers", lead_days=10),),
    ),
    Member("yusuf", "Yusuf Rahman", contacts=(_mail("yusuf.rahman"),)),
    Member(
        "lina",
        "Li Na Chen",
        contacts=(_mail("lina.chen"),),
        needs=(NewNeed(_PEOPLE, "Two BSL interpreters", must=True, lead_days=20),),
    ),
    Member("kofi", "Kofi Boateng", contacts=(_mail("kofi.boateng"),)),
    Member(
        "jean",
        "Jean Hollis",
        channel=Channel.PHONE,
        capacity=Capacity.CARER,
        contacts=(
            NewContact(ContactKind.LANDLINE, "01632 960477"),
            NewContact(
                ContactKind.EMAIL, "hollis.family@post.example", "", "Shared with Frank"
            ),
        ),
        given_how=GivenHow.IN_PERSON,
    ),
    Member(
        "frank",
        "Frank Hollis",
        contacts=(
            NewContact(
                ContactKind.EMAIL, "hollis.family@post.example", "", "Shared with Jean"
            ),
        ),
    ),
    Member(
        "siobhan",
        "Siobhan Kerr",
        capacity=Capacity.PARTNER,
        organisation="Elmsby Carers Centre",
        contacts=(_mail("siobhan.kerr"),),
    ),
]
# Who signs in, to what, in the printed cast.
_WITH_PASSWORD = ("marian", "bernadette", "owen", "yusuf", "kofi")


def gather(cast: Cast, topic: str) -> None:
    """Add the members of the network, with their needs and what they agreed to."""
    wording = ConsentWording.objects.get(purpose=ConsentPurpose.NETWORK, number=1)
    priya = cast.accounts["priya"]
    for member in MEMBERS:
        cast.people[member.key] = people.add_person(
            by=priya,
            known_as=member.name,
            capacity=member.capacity,
            state=PersonState.ACTIVE,
            organisation=member.organisation,
            print_size=member.print_size,
            call_after=member.call_after,
            contact_points=member.contacts,
            channel=member.channel,
            topics=[topic],
            needs=member.needs,
            own_words=member.own_words,
            consent=NewConsent(wording.pk, member.given_how),
            staff_contact=priya.user,
        )


def let_in(cast: Cast) -> None:
    """Give members their sign-in: a password for some, a shared address, and a supporter's own."""
    priya = cast.accounts["priya"]
    for key in _WITH_PASSWORD:
        _open(
            cast, key, cast.people[key].contact_points.get(kind=ContactKind.EMAIL).value
        )
    for key in ("jean", "frank"):
        people.open_sign_in(
            by=priya, person=cast.people[key], email="hollis.family@post.example"
        )
    cast.signs.append(
        Sign(
            "Two members who share an address",
            "Jean and Frank Hollis",
            "hollis.family@post.example",
            _set_password("hollis.family@post.example"),
            None,
        )
    )
    leon = people.add_person(
        by=priya,
        known_as="Leon Okafor",
        capacity=Capacity.CARER,
        state=PersonState.ACTIVE,
        contact_points=[_mail("leon.okafor")],
        channel=Channel.EMAIL,
    )
    cast.people["leon"] = leon
    link = people.link_supporter(
        by=priya,
        member=cast.people["marian"],
        supporter=leon,
        relation=Relation.CARER,
        scopes=[SupportScope.SEE, SupportScope.REPLY, SupportScope.CLAIM],
        agreed_how=GivenHow.PHONE,
        from_date=dt.date(2026, 1, 5),
    )
    email = "leon.okafor@post.example"
    people.open_sign_in(by=priya, person=cast.people["marian"], email=email, link=link)
    cast.signs.append(
        Sign(
            "Supporter of Marian Okafor",
            "Leon Okafor",
            email,
            _set_password(email),
            None,
        )
    )


def newcomer(cast: Cast) -> None:
    """Add somebody who rang this morning; her welcome letter waits in the outbox."""
    wording = ConsentWording.objects.get(purpose=ConsentPurpose.NETWORK, number=1)
    cast.people["agnieszka"] = notices.add_person_with_welcome(
        by=cast.accounts["priya"],
        known_as="Agnieszka Nowak",
        heard_from="A poster at Millbrook Library",
        print_size=18,
        language=Language.POLISH,
        contact_points=[
            NewContact(ContactKind.POST, "12 Chapel Row\nElmsby", "NS4 5AB")
        ],
        channel=Channel.LETTER,
        consent=NewConsent(wording.pk, GivenHow.PHONE),
    )


def _open(cast: Cast, key: str, email: str) -> None:
    person = cast.people[key]
    people.open_sign_in(by=cast.accounts["priya"], person=person, email=email)
    user = User.objects.get(email=email)
    cast.accounts[key] = Actor(
        user=user,
        name=user.name,
        roles=frozenset({Role.MEMBER}),
        person_id=person.pk,
        person_name=person.known_as,
        own_person_id=person.pk,
    )
    role = "Co-chair with lived experience" if key == "bernadette" else "Member"
    cast.signs.append(Sign(role, person.known_as, email, _set_password(email), None))


def _set_password(email: str) -> str:
    password = "-".join(secrets.choice(words.PASSWORD_WORDS) for _ in range(4))
    user = User.objects.get(email=email)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password

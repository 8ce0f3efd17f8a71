import datetime as dt
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from coprod.core.models import User
from groups.people import permissions
from groups.people.enums import SignInCapacity, SupportScope
from groups.people.models import Person, SignIn, Supporter


def link_supporter(
    *,
    by: Actor,
    member: Person,
    supporter: Person,
    relation: str,
    scopes: Iterable[str],
    agreed_how: str,
    from_date: dt.date,
    to_date: dt.date | None = None,
) -> Supporter:
    """Write down who helps a member, with what, since when and how she agreed.

    When the supporter already has an account it opens the member's pages too. No scopes means
    that the supporter only comes along. Raises ActionDenied and RuleBroken.
    """
    with transaction.atomic():
        permissions.check_can_decide_for_herself(by, member)
        allowed = _known_scopes(scopes)
        _check_link(member, supporter, from_date, to_date)
        link = Supporter.objects.create(
            member=member,
            supporter=supporter,
            relation=relation,
            scopes=allowed,
            agreed_how=agreed_how,
            from_date=from_date,
            to_date=to_date,
        )
        for key in SignIn.objects.filter(
            person=supporter, capacity=SignInCapacity.SELF
        ):
            _open_for_supporter(by, key.user, link)
        audit.record(
            by=by,
            verb="linked supporter",
            on=member,
            about_person_id=member.pk,
            changes={"supporter": ["", supporter.reference], "scopes": [[], allowed]},
        )
    return link


def _check_link(
    member: Person, supporter: Person, from_date: dt.date, to_date: dt.date | None
) -> None:
    if member.pk == supporter.pk:
        raise RuleBroken("Choose somebody else as the supporter.", field="supporter")
    if to_date and to_date < from_date:
        raise RuleBroken("The last day must be after the first day.", field="to_date")
    links = Supporter.objects.current(dates.today())
    if links.filter(member=member, supporter=supporter).exists():
        raise RuleBroken(
            f"{supporter.known_as} already supports {member.known_as}.",
            field="supporter",
        )


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    allowed = list(dict.fromkeys(scopes))
    if any(scope not in SupportScope.values for scope in allowed):
        raise RuleBroken("Choose what the supporter may do.", field="scopes")
    # Every other help needs to see what it is about.
    if allowed and SupportScope.SEE not in allowed:
        allowed.insert(0, SupportScope.SEE)
    return allowed


def end_support(*, by: Actor, link: Supporter) -> Supporter:
    """End a supporter's help at once: his next request is refused.

    The link is read on every request, so there is no session to end. Raises ActionDenied, and
    InvalidTransition when it had ended.
    """
    with transaction.atomic():
        permissions.check_can_end_support(by, link)
        ended_at = timezone.now()
        live = Supporter.objects.filter(pk=link.pk, ended_at__isnull=True)
        if live.update(ended_at=ended_at, ended_by=by.user) != 1:
            raise InvalidTransition("This help has already ended.")
        link.ended_at, link.ended_by = ended_at, by.user
        audit.record(
            by=by,
            verb="ended support",
            on=link.member,
            about_person_id=link.member_id,
            changes={"supporter": [link.supporter.reference, ""]},
        )
    return link


def open_sign_in(
    *, by: Actor, person: Person, email: str, link: Supporter | None = None
) -> SignIn:
    """Let an e-mail address open a person's pages, making the account when it is new.

    The address is taken as hers because the team wrote it down; a code sent to it is the proof.
    An address that is already in use gains a second person: the account then asks who is here.
    With `link` the account opens the member as her supporter. Sends nothing. Raises ActionDenied
    and RuleBroken.
    """
    address = email.strip().lower()
    with transaction.atomic():
        permissions.check_can_open_sign_in(by)
        if not person.can_be_written_to:
            raise RuleBroken(f"{person.known_as} is no longer on the network.")
        if link is not None and link.member_id != person.pk:
            raise RuleBroken("This supporter does not support this person.")
        holder = link.supporter if link else person
        user = _account(address, holder)
        key = (
            _open_for_supporter(by, user, link)
            if link
            else _open_for_herself(by, user, person)
        )
        if key is None:
            raise RuleBroken(
                "This supporter only comes along, so there is nothing to open."
            )
        audit.record(
            by=by,
            verb="opened sign-in",
            on=person,
            about_person_id=person.pk,
            changes={"capacity": ["", key.capacity]},
        )
    return key


def _account(address: str, holder: Person) -> User:
    user = User.objects.filter(email__iexact=address).first()
    if user is None:
        user = User.objects.create_user(address, holder.known_as)
    EmailAddress.objects.get_or_create(
        user=user, email=address, defaults={"verified": True, "primary": True}
    )
    return user


def _open_for_herself(by: Actor, user: User, person: Person) -> SignIn:
    key, _ = SignIn.objects.get_or_create(
        user=user,
        person=person,
        capacity=SignInCapacity.SELF,
        defaults={"opened_by": by.user},
    )
    for link in person.supports.current(dates.today()).select_related("member"):
        _open_for_supporter(by, user, link)
    return key


def _open_for_supporter(by: Actor, user: User, link: Supporter) -> SignIn | None:
    if not link.scopes:
        return None
    # An earlier link may have ended: the account then opens the member through this one.
    key, _ = SignIn.objects.update_or_create(
        user=user,
        person=link.member,
        capacity=SignInCapacity.SUPPORTER,
        defaults={"link": link, "opened_by": by.user},
    )
    return key

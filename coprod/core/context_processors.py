"""What every page knows: the service's name, how to get help, and who is here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission, Role
from coprod.core.roles import WORKING_ROLES

Entry = tuple[str, str, str]

# Label, address and URL name. The addresses are part of the design (DESIGN section 6); a test holds
# each to its name, so that a page costs no look-ups to draw its menu.
HOME: Entry = ("Home", "/", "home:home")
OUTBOX: Entry = ("Outbox", "/outbox/", "notices:outbox")
PEOPLE: Entry = ("People", "/people/", "people:list")
GROUPS: Entry = ("Groups", "/groups/", "governance:group-list")
MEETINGS: Entry = ("Meetings", "/meetings/", "meetings:meeting-list")
CLAIMS: Entry = ("Claims", "/claims/", "payments:claim-list")
PAY_RUNS: Entry = ("Pay runs", "/pay-runs/", "payments:pay-run-list")
EXCEPTIONS: Entry = ("Exceptions", "/exceptions/", "payments:exception-list")
PAYEES: Entry = ("Payees", "/payees/", "payments:payee-list")
POLICIES: Entry = ("Rates and rules", "/policies/", "payments:policy-list")
REPORTS: Entry = ("Reports", "/reports/", "reports:index")
MY_GROUPS: Entry = ("My groups", "/groups/", "governance:group-list")
MY_CLAIMS: Entry = ("My claims", "/claims/", "payments:claim-list")
ABOUT_ME: Entry = ("About me", "/me/", "people:me")
REACH: Entry = ("How we reach you", "/me/reach/", "notices:my-reach")
CHOOSE: Entry = ("Change person", "/me/who/", "people:choose")
ACCOUNT: Entry = ("Your account", "/account/", "core:account")
MAIL: Entry = ("Demonstration mail", "/demonstration/mail/", "core:demo-mail")
SEARCH: Entry = ("Search", "/search/", "home:search")
HELP: Entry = ("Help", "/help/", "home:help")
ACCESSIBILITY: Entry = (
    "Accessibility statement",
    "/help/accessibility/",
    "home:accessibility",
)
PRIVACY: Entry = ("Privacy", "/help/privacy/", "home:privacy")
COOKIES: Entry = ("Cookies", "/help/cookies/", "home:cookies")
SIGN_OUT: Entry = ("Sign out", "/accounts/logout/", "account_logout")

MOST_ENTRIES = 6

_FINANCE = (PAY_RUNS, EXCEPTIONS, PAYEES, CLAIMS, REPORTS)
_INVOLVEMENT = (OUTBOX, PEOPLE, GROUPS, MEETINGS, CLAIMS, REPORTS, POLICIES)
# In the order in which someone with several roles meets them.
MENUS: tuple[tuple[str, str, tuple[Entry, ...]], ...] = (
    (Role.LEAD, "Today", _INVOLVEMENT),
    (Role.INVOLVEMENT, "Today", _INVOLVEMENT),
    (Role.APPROVER, "Decide", (CLAIMS,)),
    (Role.FINANCE, "Waiting", _FINANCE),
    (Role.RELEASER, "Waiting", _FINANCE),
    (Role.SPONSOR, "Home", (GROUPS, MEETINGS)),
    (Role.AUDITOR, "Home", (GROUPS, MEETINGS, PEOPLE, CLAIMS, REPORTS, POLICIES)),
    (Role.MEMBER, "Home", (MEETINGS, MY_GROUPS, MY_CLAIMS, ABOUT_ME, REACH)),
    (Role.SUPPORTER, "Home", (MEETINGS, MY_GROUPS, MY_CLAIMS, ABOUT_ME, REACH)),
)


def menu_entries(roles: frozenset[str]) -> list[Entry]:
    """Return every page the roles lead to, each address once, the first page first."""
    entries: dict[str, Entry] = {}
    for role, home_label, pages in MENUS:
        if role not in roles:
            continue
        for label, address, name in ((home_label, *HOME[1:]), *pages):
            entries.setdefault(address, (label, address, name))
    return list(entries.values())


def _links(entries: list[Entry], path: str) -> list[dict[str, Any]]:
    """Return the entries for a page, with the one this page is under marked as current."""
    under = [
        address
        for _label, address, _name in entries
        if path == address or (address != "/" and path.startswith(address))
    ]
    current = max(under, key=len, default="")
    return [
        {"label": label, "url": address, "current": address == current}
        for label, address, _name in entries
    ]


def _person_links(actor: Actor, more: list[Entry], path: str) -> list[dict[str, Any]]:
    entries = [*more, ACCOUNT]
    if actor.person_id is not None:
        entries.append(CHOOSE)
    if settings.DEMONSTRATION:
        entries.append(MAIL)
    return _links([*entries, SIGN_OUT], path)


def _footer_entries() -> list[Entry]:
    more = [MAIL] if settings.DEMONSTRATION else []
    return [HELP, ACCESSIBILITY, PRIVACY, COOKIES, *more]


def service(request: HttpRequest) -> dict[str, Any]:
    """Return what the layouts use. Asks the database nothing, so that error pages can be drawn."""
    actor: Actor | None = getattr(request, "actor", None)
    known = actor is not None and actor.user is not None
    entries = menu_entries(actor.roles) if actor is not None and known else []
    return {
        "SERVICE_NAME": settings.SERVICE_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "HELP_PHONE": settings.HELP_PHONE,
        "HELP_PHONE_LINK": "tel:" + settings.HELP_PHONE.replace(" ", ""),
        "HELP_TEXT": settings.HELP_TEXT,
        "HELP_TEXT_LINK": "sms:" + settings.HELP_TEXT.replace(" ", ""),
        "HELP_EMAIL": settings.HELP_EMAIL,
        "DEMONSTRATION": settings.DEMONSTRATION,
        "today": dates.today(),
        "SEARCH_URL": SEARCH[1],
        "CHOOSE_URL": CHOOSE[1],
        "MAIL_URL": MAIL[1],
        "footer_links": _links(_footer_entries(), request.path),
        "actor": actor,
        "is_staff_page": bool(actor and known and actor.roles & WORKING_ROLES),
        "is_acting": bool(
            actor and actor.person_id and actor.person_id != actor.own_person_id
        ),
        "nav": _links(entries[:MOST_ENTRIES], request.path),
        "account_links": (
            _person_links(actor, entries[MOST_ENTRIES:], request.path)
            if actor is not None and known
            else []
        ),
        "show_search": bool(actor and known and actor.can(Permission.SEE_PEOPLE)),
    }

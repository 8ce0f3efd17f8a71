"""Who may read what is written in which field: the reviewed list that the sweep holds pages to.

Rows follow the `visible_to` of their model, or of what they belong to. The fields named apart are
narrower than their row. A model that is not named here may be read by nobody, so that a new one
is thought about.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from coprod.core import models as core
from coprod.core.actors import Actor
from coprod.core.enums import Permission, Role
from groups.governance import models as governance
from groups.notices import models as notices
from groups.people import models as people
from groups.projects import models as projects
from meetings import models as meetings
from payments import models as payments
from payments.queries.policies import versions_visible_to

Rows = QuerySet[Any]
Rule = Callable[[Actor], Rows]
_FINANCE = frozenset({Role.FINANCE, Role.RELEASER})


def _if(model: Any, *permissions: str) -> Rule:
    """All rows for who holds one of these permissions, none for others."""
    rows = model._base_manager

    def rule(actor: Actor) -> Rows:
        return rows.all() if any(map(actor.can, permissions)) else rows.none()

    return rule


def _of(model: Any, path: str, owner: Rule) -> Rule:
    """Rows that belong to something the actor may read."""
    return lambda actor: model._base_manager.filter(**{f"{path}__in": owner(actor)})


def _own(model: Any, path: str, *permissions: str) -> Rule:
    """Rows about the person acted as; all of them with one of the permissions."""

    def rule(actor: Actor) -> Rows:
        if any(map(actor.can, permissions)):
            return model._base_manager.all()
        if actor.person_id is None:
            return model._base_manager.none()
        return model._base_manager.filter(**{path: actor.person_id})

    return rule


def _all(model: Any) -> Rule:
    return lambda actor: model._base_manager.all()


def _finance(model: Any) -> Rule:
    return lambda actor: (
        model._base_manager.all()
        if actor.roles & _FINANCE
        else model._base_manager.none()
    )


def _visible(model: Any) -> Rule:
    visible: Rule = model.objects.visible_to
    return visible


GROUPS, MEETINGS = _visible(governance.Group), _visible(meetings.Meeting)
CLAIMS, MINUTES = _visible(payments.Claim), _visible(meetings.Minutes)
DECISIONS, DELIVERIES = _visible(meetings.Decision), _visible(notices.Delivery)


def names(actor: Actor) -> Rows:
    """Return the people whose names the actor may know: her own, her groups', on claims."""
    rows = people.Person.objects
    if actor.can(Permission.SEE_PEOPLE):
        return rows.all()
    here = Q(memberships__group__in=GROUPS(actor)) | Q(offices__group__in=GROUPS(actor))
    together = Q(invitations__meeting__in=MEETINGS(actor))
    claims = Q(claims__in=CLAIMS(actor))
    payees = Q(payee__isnull=False) if actor.roles & _FINANCE else Q(pk__in=[])
    close = Q(supporters__supporter=actor.person_id) | Q(
        supports__member=actor.person_id
    )
    if actor.own_person_id:
        close |= Q(pk=actor.own_person_id)
    close = close if actor.person_id else Q(pk__in=[])
    # Whom this account opens: two people may share an address.
    opened = Q(sign_ins__user=actor.user_id)
    ids = rows.filter(here | together | claims | payees | close | opened).values("pk")
    return rows.filter(pk__in=ids)


def accounts(actor: Actor) -> Rows:
    """Return accounts whose name may be shown: those that work here, and one's own."""
    rows = core.User.objects
    if actor.can(Permission.SEE_PEOPLE):
        return rows.all()
    working = Q(role_grants__isnull=False) | Q(pk=actor.user_id)
    own = Q(sign_ins__person__in=names(actor))
    return rows.filter(pk__in=rows.filter(working | own).values("pk"))


def own_account(actor: Actor) -> Rows:
    return core.User.objects.filter(pk=actor.user_id or 0)


def groups_by_name(actor: Actor) -> Rows:
    """Return the groups one may read, those around them, and those a visible claim is about."""
    near = (
        Q(children__in=GROUPS(actor))
        | Q(parent__in=GROUPS(actor))
        | Q(pk__in=GROUPS(actor))
    )
    paid = Q(meetings__claim_lines__claim__in=CLAIMS(actor))
    rows = governance.Group.objects
    if actor.can(
        Permission.SEE_PEOPLE
    ):  # which groups somebody sits in is on her record
        return rows.all()
    return rows.filter(pk__in=rows.filter(near | paid).values("pk"))


def seats(actor: Actor) -> Rows:
    rows = governance.Seat.objects
    if actor.can(Permission.SEE_PEOPLE):
        return rows.all()
    return rows.filter(group__in=GROUPS(actor))


def meetings_by_name(actor: Actor) -> Rows:
    rows = meetings.Meeting.objects
    paid = Q(claim_lines__claim__in=CLAIMS(actor)) | Q(pk__in=MEETINGS(actor))
    return rows.filter(pk__in=rows.filter(paid).values("pk"))


def files(actor: Actor) -> Rows:
    papers = meetings.PaperFile.objects.visible_to(actor).values("file")
    receipts = payments.Receipt.objects.filter(line__claim__in=CLAIMS(actor)).values(
        "file"
    )
    results = _finance(payments.ResultsFile)(actor).values("file")
    made = DOCUMENTS(actor).values("file")
    wanted = Q(pk__in=papers) | Q(pk__in=receipts) | Q(pk__in=results)
    return core.StoredFile.objects.filter(wanted | Q(pk__in=made))


def DOCUMENTS(actor: Actor) -> Rows:  # noqa: N802 - named like the other rules
    letters = _if(notices.PrintRun, Permission.SEND_NOTICES)(actor).values("document")
    return core.Document.objects.filter(Q(asked_by=actor.user_id) | Q(pk__in=letters))


def notices_read(actor: Actor) -> Rows:
    return notices.Notice.objects.filter(deliveries__in=DELIVERIES(actor)).distinct()


_HISTORY = _if(core.AuditEvent, Permission.SEE_PEOPLE)
_STAFF_CLAIMS = (Permission.SEE_ALL_CLAIMS,)

MODELS: dict[str, Rule] = {
    "core.User": accounts,
    "core.AuditEvent": _HISTORY,
    "core.StoredFile": files,
    "core.Document": DOCUMENTS,
    "people.Person": _own(people.Person, "pk", Permission.SEE_PEOPLE),
    "people.ContactPoint": _own(people.ContactPoint, "person", Permission.SEE_PEOPLE),
    "people.AccessPassport": _own(
        people.AccessPassport, "person", Permission.SEE_ACCESS_NEEDS
    ),
    "people.AccessNeed": _own(
        people.AccessNeed, "passport__person", Permission.SEE_ACCESS_NEEDS
    ),
    "people.ConsentWording": _all(people.ConsentWording),
    "people.ConsentRecord": _own(people.ConsentRecord, "person", Permission.SEE_PEOPLE),
    "people.Topic": _all(people.Topic),
    "notices.Notice": notices_read,
    "notices.Delivery": DELIVERIES,
    "notices.Alert": _if(notices.Alert, Permission.SEND_NOTICES),
    "notices.PrintRun": _if(notices.PrintRun, Permission.SEND_NOTICES),
    "governance.Group": GROUPS,
    "governance.Seat": seats,
    "governance.Membership": _own(
        governance.Membership, "person", Permission.MANAGE_GROUPS
    ),
    "projects.Project": _visible(projects.Project),
    "projects.StageEntry": _of(
        projects.StageEntry, "project", _visible(projects.Project)
    ),
    "meetings.Meeting": MEETINGS,
    "meetings.Series": meetings.Series.objects.managed_by,
    "meetings.AgendaItem": _of(meetings.AgendaItem, "meeting", MEETINGS),
    "meetings.Paper": _visible(meetings.Paper),
    "meetings.PaperFile": _visible(meetings.PaperFile),
    "meetings.Invitation": _visible(meetings.Invitation),
    "meetings.AccessArrangement": _visible(meetings.AccessArrangement),
    "meetings.Attendance": _own(
        meetings.Attendance, "person", Permission.MANAGE_MEETINGS
    ),
    "meetings.Decision": DECISIONS,
    "meetings.DecisionOption": _of(meetings.DecisionOption, "decision", DECISIONS),
    "meetings.DecisionView": _of(meetings.DecisionView, "decision", DECISIONS),
    "meetings.Minutes": MINUTES,
    "meetings.MinutesSection": _of(meetings.MinutesSection, "minutes", MINUTES),
    # What two people wrote at once is for those who write the minutes: the team and the chair.
    "meetings.Revision": _of(
        meetings.Revision,
        "section__minutes__meeting",
        meetings.Meeting.objects.managed_by,
    ),
    "meetings.Action": _visible(meetings.Action),
    "meetings.CalendarFeed": _own(meetings.CalendarFeed, "person"),
    "meetings.Correction": _of(meetings.Correction, "minutes", MINUTES),
    "payments.Payee": _finance(payments.Payee),
    "payments.PaymentPolicy": _all(payments.PaymentPolicy),
    "payments.PolicyVersion": versions_visible_to,
    "payments.CostCode": _if(payments.CostCode, *_STAFF_CLAIMS),
    "payments.Claim": CLAIMS,
    "payments.ClaimLine": _of(payments.ClaimLine, "claim", CLAIMS),
    "payments.ClaimDecision": _of(payments.ClaimDecision, "claim", CLAIMS),
    "payments.Offer": _own(payments.Offer, "person", Permission.MANAGE_MEETINGS),
    "payments.OfferChoice": _own(payments.OfferChoice, "offer__person", *_STAFF_CLAIMS),
    "payments.PayRun": _finance(payments.PayRun),
    "payments.PayRunItem": _finance(payments.PayRunItem),
    "payments.PaymentResult": _finance(payments.PaymentResult),
    "payments.ResultsFile": _finance(payments.ResultsFile),
}

# Narrower or wider than the row they stand in, each for a reason.
FIELDS: dict[tuple[str, str], Rule] = {
    # A name is known where people meet; what else is on the record is not.
    ("people.Person", "known_as"): names,
    ("people.Person", "job_title"): names,
    ("people.Person", "organisation"): names,
    # Finance finds a payee by the number of the person.
    ("people.Person", "reference"): lambda actor: (
        names(actor) if actor.roles & _FINANCE else MODELS["people.Person"](actor)
    ),
    ("core.User", "email"): lambda actor: (
        accounts(actor) if actor.can(Permission.MANAGE_PEOPLE) else own_account(actor)
    ),
    ("governance.Group", "name"): groups_by_name,
    ("meetings.Meeting", "title"): meetings_by_name,
    ("meetings.Meeting", "reference"): meetings_by_name,
    # Where the meeting was is what miles and fares are checked against.
    ("meetings.Meeting", "venue"): meetings_by_name,
    # A payee's name stands on the claim; the number only with the second key.
    ("payments.Payee", "name"): lambda actor: payments.Payee.objects.filter(
        Q(claims__in=CLAIMS(actor)) | Q(pk__in=_finance(payments.Payee)(actor))
    ).distinct(),
    ("payments.Payee", "supplier_number"): _if(payments.Payee, Permission.SEE_PAYEES),
    # Why a delivery failed and whom it was handed to is the team's.
    ("notices.Delivery", "reason"): _if(notices.Delivery, Permission.SEND_NOTICES),
    # A view can be kept without a name: who said it is hers and the team's.
    ("meetings.DecisionView", "said_by"): _own(
        meetings.DecisionView, "person", Permission.MANAGE_MEETINGS
    ),
    ("meetings.Correction", "asked_by"): _own(
        meetings.Correction, "asked_for", Permission.MANAGE_MEETINGS
    ),
    ("core.Document", "problem"): _if(core.Document, Permission.SEND_NOTICES),
}


def allowed(actor: Actor | None, held: dict[str, Any]) -> set[str]:
    """Return the canaries this actor may meet on a page."""
    if actor is None:
        return set()
    seen: dict[tuple[str, str], set[Any]] = {}
    kept = set()
    for mark, (label, pk, field) in held.items():
        key = (label, field)
        if key not in seen:
            rule = FIELDS.get(key) or MODELS.get(label)
            seen[key] = set(rule(actor).values_list("pk", flat=True)) if rule else set()
        if pk in seen[key]:
            kept.add(mark)
    return kept


# Whoever has somebody's calendar address reads title, time and place, and nothing else (S76).
_IN_A_CALENDAR = {
    ("governance.Group", "name"),
    ("meetings.Meeting", "title"),
    ("meetings.Meeting", "venue"),
    ("meetings.Meeting", "venue_address"),
}


def opened_by_secret(path: str, model: str, field: str) -> bool:
    """Tell whether the address itself is what lets anybody read this."""
    return path.startswith("/calendar/") and (model, field) in _IN_A_CALENDAR

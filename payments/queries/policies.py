import datetime as dt

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from payments.models import PolicyVersion
from payments.models.policy import PolicyVersionQuerySet


def versions_visible_to(actor: Actor) -> PolicyVersionQuerySet:
    """Return the rates an actor may read: what is published, and drafts for those who draft."""
    rows = PolicyVersion.objects.select_related("policy", "drafted_by", "published_by")
    drafts_too = actor.can(Permission.DRAFT_POLICY)
    visible: PolicyVersionQuerySet = rows if drafts_too else rows.published()
    return visible.order_by("-from_date", "-pk")


def when_words(version: PolicyVersion, today: dt.date) -> tuple[str, str]:
    """Return whether rates hold today, as a word and its colour."""
    if version.published_at is None:
        return "Draft", "yellow"
    if version.from_date > today:
        return "From a later day", "grey"
    if version.to_date is not None and version.to_date < today:
        return "Ended", "grey"
    return "In force", "green"

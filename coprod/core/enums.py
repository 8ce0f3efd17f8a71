from django.db import models


class Role(models.TextChoices):
    """What a signed-in account may do across the product; stored by this short stable key."""

    MEMBER = "member", "Member"
    SUPPORTER = "supporter", "Supporter"
    INVOLVEMENT = "involvement", "Involvement worker"
    LEAD = "lead", "Involvement lead"
    APPROVER = "approver", "Approver"
    FINANCE = "finance", "Finance officer"
    RELEASER = "releaser", "Pay run releaser"
    SPONSOR = "sponsor", "Sponsor"
    AUDITOR = "auditor", "Auditor"


class Permission(models.TextChoices):
    """One thing a role may do. Which role holds which is in roles.py, and nowhere else."""

    SEE_PEOPLE = "see_people", "See every person and their contact points"
    MANAGE_PEOPLE = "manage_people", "Add and change people"
    SEE_ACCESS_NEEDS = "see_access_needs", "See access needs of any person"
    SEND_NOTICES = "send_notices", "Post letters, make calls and mend failures"
    READ_GROUPS = "read_groups", "Read every group, its meetings and its minutes"
    MANAGE_GROUPS = "manage_groups", "Set up groups and seats"
    MANAGE_MEETINGS = "manage_meetings", "Arrange meetings and write minutes"
    MANAGE_PROJECTS = "manage_projects", "Record projects and stages"
    HELP_WITH_CLAIMS = "help_with_claims", "Enter a claim for a member who asks"
    VERIFY_CLAIMS = "verify_claims", "Check a claim against the register"
    APPROVE_CLAIMS = "approve_claims", "Approve a claim within a limit"
    SEE_ALL_CLAIMS = "see_all_claims", "See every claim that has been sent"
    BUILD_PAY_RUNS = "build_pay_runs", "Build a pay run"
    RELEASE_PAY_RUNS = "release_pay_runs", "Release a pay run somebody else built"
    SEE_PAYEES = "see_payees", "See supplier numbers"
    SEE_REPORTS = "see_reports", "See reports"
    DRAFT_POLICY = "draft_policy", "Draft a payment policy"
    PUBLISH_POLICY = "publish_policy", "Publish a policy somebody else drafted"


class DocumentState(models.TextChoices):
    QUEUED = "queued", "Waiting to be made"
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
    REMOVED = "removed", "Removed"


DOCUMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    DocumentState.QUEUED: frozenset({DocumentState.MAKING}),
    DocumentState.MAKING: frozenset(
        {DocumentState.READY, DocumentState.FAILED, DocumentState.QUEUED}
    ),
    # Removed: what it says may be kept no longer; that it was made stays.
    DocumentState.READY: frozenset({DocumentState.REMOVED}),
    DocumentState.FAILED: frozenset({DocumentState.QUEUED, DocumentState.REMOVED}),
    DocumentState.REMOVED: frozenset(),
}

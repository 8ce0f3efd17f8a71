from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from coprod.core import constraints, dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.references import new_reference
from groups.governance.models import Group, chair_of
from groups.people.enums import NeedCategory, SupportScope
from groups.people.models import AccessNeed, Person
from meetings.enums import (
    ArrangementState,
    AttendanceStatus,
    JoinMode,
    MeetingMode,
    MeetingState,
    Reply,
    ReplyRoute,
)
from meetings.models.series import Series

# Meetings run over, and people stay to finish a talk; beyond an hour it is a slip of the pen.
LEEWAY_MINUTES = 60


def meeting_reference() -> str:
    return new_reference("M")


_STATE_COLOURS: dict[str, str] = {
    MeetingState.PLANNED: "yellow",
    MeetingState.RECORDED: "green",
    MeetingState.CANCELLED: "orange",
}


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return every meeting to staff; to others the published ones of their groups or invited.

        A sponsor sees those of her group, an auditor those of all. A meeting that is still being
        planned is seen by the team and by who chairs the group.
        """
        if actor.can(Permission.MANAGE_MEETINGS):
            return self
        chaired = Q(group__in=Group.objects.chaired_by(actor))
        told = ~Q(state=MeetingState.PLANNED)
        if actor.can(Permission.READ_GROUPS):
            return self.filter(told | chaired)
        if actor.person_id is None or not actor.has_scope(SupportScope.SEE):
            return self.none()
        invited = Invitation.objects.filter(person_id=actor.person_id).values(
            "meeting_id"
        )
        hers = Q(pk__in=invited) | Q(group__in=Group.objects.visible_to(actor))
        return self.filter(told & hers | chaired)

    def chaired_by(self, actor: Actor) -> Self:
        """Return meetings of groups in which the actor's person is chair or co-chair today."""
        return self.filter(group__in=Group.objects.chaired_by(actor))

    def managed_by(self, actor: Actor) -> Self:
        """Return the meetings the actor arranges: the team all, a chair those of her group."""
        if actor.can(Permission.MANAGE_MEETINGS):
            return self
        return self.chaired_by(actor)

    def with_chair(self, actor: Actor) -> Self:
        """Add `chair_id`: the actor's person where she chairs the group today, else nothing."""
        return self.annotate(chair_id=chair_of("group", actor))

    def upcoming(self, now: dt.datetime) -> Self:
        return self.filter(ends_at__gt=now).exclude(state=MeetingState.CANCELLED)

    def over(self, now: dt.datetime) -> Self:
        return self.filter(ends_at__lte=now).exclude(state=MeetingState.CANCELLED)


class Meeting(models.Model):
    """One time a group comes together. The wall-clock times are the truth; the instants follow."""

    reference = models.CharField(max_length=20, unique=True, default=meeting_reference)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="meetings")
    # The series it belongs to, and the date the rule gave it, which it keeps when it is moved.
    series = models.ForeignKey(
        Series,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
    )
    series_date = models.DateField(null=True, blank=True)
    title = models.CharField(max_length=120, blank=True)
    date = models.DateField()
    start_time = models.TimeField()
    end_time = models.TimeField()
    zone = models.CharField(max_length=40, default="Europe/London")
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField(db_index=True)
    break_time = models.TimeField(null=True, blank=True)
    break_minutes = models.PositiveSmallIntegerField(default=0)
    doors_time = models.TimeField(null=True, blank=True)
    mode = models.CharField(max_length=10, choices=MeetingMode.choices)
    venue = models.CharField(max_length=120, blank=True)
    venue_address = models.CharField(max_length=200, blank=True)
    venue_access = models.CharField(max_length=300, blank=True)
    join_link = models.URLField(max_length=300, blank=True)
    join_phone = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    version = models.PositiveIntegerField(default=1)
    reply_by = models.DateField(null=True, blank=True)
    planned_at = models.DateTimeField(default=timezone.now)
    planned_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_reason = models.CharField(max_length=300, blank=True)
    # What people know and had answered, from a change on until word of it has gone out.
    before_change = models.JSONField(
        default=dict, blank=True, encoder=DjangoJSONEncoder
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("state", MeetingState, "meeting_state_known"),
            constraints.one_of("mode", MeetingMode, "meeting_mode_known"),
            constraints.both_or_neither(
                "published_at", "published_by", "meeting_published_pair"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["series", "series_date"], name="meeting_once_in_a_series"
            ),
            constraints.both_or_neither("series", "series_date", "meeting_series_pair"),
        ]
        indexes = [
            models.Index(fields=["group", "-starts_at"], name="meeting_by_group")
        ]

    def __str__(self) -> str:
        return f"{self.group.name}, {self.date}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting-detail", args=[self.reference])

    @property
    def is_in_a_room(self) -> bool:
        return self.mode != MeetingMode.ONLINE

    @property
    def is_online(self) -> bool:
        return self.mode != MeetingMode.ROOM

    @property
    def from_home(self) -> str:
        return "Or from home" if self.is_in_a_room else "From home"

    @property
    def is_cancelled(self) -> bool:
        return self.state == MeetingState.CANCELLED

    @property
    def was_published(self) -> bool:
        return self.state != MeetingState.PLANNED

    @property
    def state_colour(self) -> str:
        return _STATE_COLOURS.get(self.state, "")

    @property
    def planned_minutes(self) -> int:
        """Return how long the meeting lasts by the clock, break included."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def most_minutes(self) -> int:
        """Return the longest anybody can have been there, in minutes."""
        return self.planned_minutes + LEEWAY_MINUTES


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return every invitation to staff, and to others those of the person acted as."""
        if actor.can(Permission.MANAGE_MEETINGS):
            return self
        if actor.has_scope(SupportScope.SEE):
            return self.filter(person_id=actor.person_id)
        return self.none()


class Invitation(models.Model):
    """One person asked to one meeting, and what she answered."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="invitations"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="invitations"
    )
    reply = models.CharField(max_length=12, choices=Reply.choices, default=Reply.NONE)
    join_mode = models.CharField(max_length=10, choices=JoinMode.choices, blank=True)
    with_supporter = models.BooleanField(default=False)
    supporter_name = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    offer_words = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - pair
    reply_route = models.CharField(
        max_length=10, choices=ReplyRoute.choices, blank=True
    )
    recorded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="invited_once"),
            constraints.one_of("reply", Reply, "invitation_reply_known"),
            constraints.one_of(
                "join_mode", JoinMode, "invitation_join_mode_known", blank=True
            ),
            constraints.one_of(
                "reply_route", ReplyRoute, "invitation_reply_route_known", blank=True
            ),
            constraints.both_or_neither(
                "replied_at", "replied_by", "invitation_replied_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} to {self.meeting}"

    @property
    def has_replied(self) -> bool:
        return self.reply != Reply.NONE


# What those who run a meeting need on the day. How a person reads, travels or is reached is
# between her and the team (DESIGN, roles: a chair sees what the meeting needs).
ON_THE_DAY = Q(
    need__category__in=[NeedCategory.ROOM, NeedCategory.PEOPLE, NeedCategory.JOIN_IN],
    need__passport__agreed_to_share_at__isnull=False,
)


class ArrangementQuerySet(models.QuerySet["AccessArrangement"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return arrangements the actor may read.

        Staff read all. A member reads her own. A chair also reads what the meetings of her
        group need on the day, for members who agreed to share it.
        """
        if actor.can(Permission.SEE_ACCESS_NEEDS):
            return self
        if not actor.has_scope(SupportScope.SEE):
            return self.none()
        meetings = Meeting.objects.visible_to(actor)
        chaired = Q(meeting__in=meetings.chaired_by(actor).values("pk")) & ON_THE_DAY
        return self.filter(Q(person_id=actor.person_id) | chaired)

    def needed_on_the_day(self) -> Self:
        return self.filter(ON_THE_DAY)


class AccessArrangement(models.Model):
    """One need of one invited person for one meeting: who sees to it, by when, and is it done."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="arrangements"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="arrangements"
    )
    need = models.ForeignKey(
        AccessNeed, on_delete=models.PROTECT, related_name="arrangements"
    )
    wording = models.CharField(max_length=300)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="arrangements"
    )
    due_date = models.DateField()
    state = models.CharField(
        max_length=14, choices=ArrangementState.choices, default=ArrangementState.TO_DO
    )
    note = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "need"], name="arrangement_once"
            ),
            constraints.one_of("state", ArrangementState, "arrangement_state_known"),
            constraints.both_or_neither(
                "settled_at", "settled_by", "arrangement_settled_pair"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_date"], name="arrangement_due")]

    def __str__(self) -> str:
        return self.wording

    @property
    def is_open(self) -> bool:
        return self.state == ArrangementState.TO_DO

    @property
    def is_arranged(self) -> bool:
        return self.state == ArrangementState.ARRANGED

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_date < dates.today()

    @property
    def state_colour(self) -> str:
        return {
            ArrangementState.TO_DO: "yellow",
            ArrangementState.ARRANGED: "green",
        }.get(ArrangementState(self.state), "orange")


class Attendance(models.Model):
    """That one person was at one meeting, how, and for how many minutes: what a claim rests on."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="attendances"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="attendances"
    )
    status = models.CharField(max_length=10, choices=AttendanceStatus.choices)
    join_mode = models.CharField(max_length=10, choices=JoinMode.choices, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    supported_by = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], name="attendance_once"
            ),
            constraints.one_of("status", AttendanceStatus, "attendance_status_known"),
            constraints.one_of(
                "join_mode", JoinMode, "attendance_join_mode_known", blank=True
            ),
            models.CheckConstraint(
                condition=Q(status__in=["present", "partly"]) | Q(minutes=0),
                name="attendance_minutes_only_when_there",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.meeting}"

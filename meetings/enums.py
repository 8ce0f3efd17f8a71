from django.db import models


class MeetingState(models.TextChoices):
    """What the team has done with a meeting. Whether it is over is computed from the clock."""

    PLANNED = "planned", "Being prepared"
    PUBLISHED = "published", "Published"
    RECORDED = "recorded", "Attendance recorded"
    CANCELLED = "cancelled", "Cancelled"


MEETING_TRANSITIONS: dict[str, frozenset[str]] = {
    MeetingState.PLANNED: frozenset({MeetingState.PUBLISHED, MeetingState.CANCELLED}),
    MeetingState.PUBLISHED: frozenset({MeetingState.RECORDED, MeetingState.CANCELLED}),
    MeetingState.RECORDED: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}


class MeetingMode(models.TextChoices):
    ROOM = "room", "In a room"
    ONLINE = "online", "Online"
    HYBRID = "hybrid", "In a room and online"


class ItemPurpose(models.TextChoices):
    INFORMATION = "information", "For information"
    DISCUSSION = "discussion", "For discussion"
    DECISION = "decision", "For decision"


class Reply(models.TextChoices):
    NONE = "none", "Has not replied"
    COMING = "coming", "Coming"
    NOT_COMING = "not_coming", "Not coming"
    NOT_SURE = "not_sure", "Not sure yet"


class JoinMode(models.TextChoices):
    ROOM = "room", "In the room"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"
    WRITTEN = "written", "In writing"


# The ways people can take part in a meeting held like this. Writing is always one of them.
WAYS_TO_JOIN: dict[str, tuple[JoinMode, ...]] = {
    MeetingMode.ROOM: (JoinMode.ROOM, JoinMode.WRITTEN),
    MeetingMode.ONLINE: (JoinMode.VIDEO, JoinMode.PHONE, JoinMode.WRITTEN),
    MeetingMode.HYBRID: (
        JoinMode.ROOM,
        JoinMode.VIDEO,
        JoinMode.PHONE,
        JoinMode.WRITTEN,
    ),
}


class ReplyRoute(models.TextChoices):
    ONLINE = "online", "Online"
    PHONE = "phone", "By phone"
    POST = "post", "By post"
    IN_PERSON = "in_person", "In person"


class ArrangementState(models.TextChoices):
    TO_DO = "to_do", "Still to do"
    ARRANGED = "arranged", "Arranged"
    NOT_POSSIBLE = "not_possible", "Not possible"


ARRANGEMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    ArrangementState.TO_DO: frozenset(
        {ArrangementState.ARRANGED, ArrangementState.NOT_POSSIBLE}
    ),
    ArrangementState.ARRANGED: frozenset({ArrangementState.TO_DO}),
    ArrangementState.NOT_POSSIBLE: frozenset({ArrangementState.TO_DO}),
}


class AttendanceStatus(models.TextChoices):
    PRESENT = "present", "Came"
    PARTLY = "partly", "Came for part"
    APOLOGIES = "apologies", "Sent apologies"
    ABSENT = "absent", "Did not come"


# Who was at the meeting for some of it at least: only they have minutes to be paid for.
THERE = frozenset({AttendanceStatus.PRESENT, AttendanceStatus.PARTLY})


class MinutesState(models.TextChoices):
    DRAFT = "draft", "Being written"
    CIRCULATED = "circulated", "Draft, out for corrections"
    APPROVED = "approved", "Approved"


MINUTES_TRANSITIONS: dict[str, frozenset[str]] = {
    MinutesState.DRAFT: frozenset({MinutesState.CIRCULATED}),
    MinutesState.CIRCULATED: frozenset({MinutesState.APPROVED}),
    MinutesState.APPROVED: frozenset(),
}


class CorrectionState(models.TextChoices):
    ASKED = "asked", "Asked for"
    ACCEPTED = "accepted", "Accepted"
    NOT_ACCEPTED = "not_accepted", "Not accepted"


CORRECTION_TRANSITIONS: dict[str, frozenset[str]] = {
    CorrectionState.ASKED: frozenset(
        {CorrectionState.ACCEPTED, CorrectionState.NOT_ACCEPTED}
    ),
    CorrectionState.ACCEPTED: frozenset(),
    CorrectionState.NOT_ACCEPTED: frozenset(),
}


class HeldBy(models.TextChoices):
    """Who held the power to decide (practice.md P17)."""

    GROUP = "group", "The group"
    SHARED = "shared", "The group and the council together"
    ADVICE = "advice", "The council, with the group's advice"


class DecisionOutcome(models.TextChoices):
    AGREED = "agreed", "Agreed"
    WITH_CONCERNS = "with_concerns", "Agreed, with concerns"
    NOT_AGREED = "not_agreed", "Not agreed"
    DEFERRED = "deferred", "Put off"
    FOR_CONFIRMATION = (
        "for_confirmation",
        "To be confirmed: not enough people were there",
    )


class Stance(models.TextChoices):
    """What one person thought. No reply is its own answer and never agreement."""

    SUPPORT = "support", "Supported it"
    CONCERN = "concern", "Had a concern and let it go ahead"
    DISAGREE = "disagree", "Disagreed"
    ABSTAIN = "abstain", "Chose not to say"
    NO_REPLY = "no_reply", "Has not replied"


class ActionState(models.TextChoices):
    """How far something somebody said they would do has come."""

    OPEN = "open", "Not started"
    DOING = "doing", "Being done"
    DONE = "done", "Done"
    DROPPED = "dropped", "Not going ahead"


ACTION_TRANSITIONS: dict[str, frozenset[str]] = {
    ActionState.OPEN: frozenset(
        {ActionState.DOING, ActionState.DONE, ActionState.DROPPED}
    ),
    ActionState.DOING: frozenset({ActionState.DONE, ActionState.DROPPED}),
    # The group may say that it is not done after all.
    ActionState.DONE: frozenset({ActionState.OPEN}),
    ActionState.DROPPED: frozenset({ActionState.OPEN}),
}


class HolidayRule(models.TextChoices):
    """What becomes of a date of a series that is a bank holiday."""

    SKIP = "skip", "Leave that one out"
    AFTER = "after", "Meet on the next working day"
    KEEP = "keep", "Meet all the same"


class Frequency(models.TextChoices):
    """How often a series meets, in the words people choose it by."""

    WEEK = "week", "Every week"
    FORTNIGHT = "fortnight", "Every two weeks"
    WEEKDAY = "weekday", "Every month on the same weekday, like the third Wednesday"
    LAST_WEEKDAY = (
        "last_weekday",
        "Every month on the last one of that weekday, like the last Friday",
    )
    DATE = "date", "Every month on the same date, like the 31st"
    LAST_DAY = "last_day", "Every month on its last day"

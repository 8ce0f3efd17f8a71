"""The occasions on which people are told of a meeting: the names that its notices carry."""

INVITATION = "meeting.invitation"
CHANGED = "meeting.changed"
PAPERS = "meeting.papers"
REMINDER = "meeting.reminder"
CANCELLED = "meeting.cancelled"
MINUTES_DRAFT = "minutes.draft"

# What a page calls each, in the order in which they come.
TITLES = {
    INVITATION: "The invitation",
    CHANGED: "Word of the change",
    PAPERS: "The papers",
    REMINDER: "Reminder",
    CANCELLED: "Word that it is cancelled",
    MINUTES_DRAFT: "The draft minutes",
}

from meetings.models.action import Action
from meetings.models.agenda import AgendaItem, Paper, PaperFile
from meetings.models.decision import Decision, DecisionOption, DecisionView
from meetings.models.feed import CalendarFeed
from meetings.models.meeting import (
    AccessArrangement,
    Attendance,
    Invitation,
    Meeting,
)
from meetings.models.minutes import Correction, Minutes, MinutesSection, Revision
from meetings.models.series import Series

__all__ = [
    "AccessArrangement",
    "Action",
    "AgendaItem",
    "Attendance",
    "CalendarFeed",
    "Correction",
    "Decision",
    "DecisionOption",
    "DecisionView",
    "Invitation",
    "Meeting",
    "Minutes",
    "MinutesSection",
    "Paper",
    "PaperFile",
    "Revision",
    "Series",
]

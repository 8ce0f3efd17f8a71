from meetings.models.agenda import AgendaItem, Paper, PaperFile
from meetings.models.decision import Decision, DecisionOption, DecisionView
from meetings.models.meeting import (
    AccessArrangement,
    Attendance,
    Invitation,
    Meeting,
)
from meetings.models.minutes import Correction, Minutes, MinutesSection, Revision

__all__ = [
    "AccessArrangement",
    "AgendaItem",
    "Attendance",
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
]

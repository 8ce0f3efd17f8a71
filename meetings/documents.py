"""PDFs and letters made from meetings. What they say comes from the queries, as on the pages."""

from coprod.core import dates, documents, pdf
from coprod.core.actors import Actor
from coprod.core.models import Document
from coprod.core.words import as_plain_text
from meetings import minutes_queries, queries
from meetings.decision_queries import DecisionCard
from meetings.enums import MinutesState
from meetings.models import Meeting, Minutes

MINUTES = "minutes"
AGENDA_PACK = "agenda_pack"
_STATE_WORDS = {
    MinutesState.DRAFT: "Being written. Nobody has seen these yet.",
    MinutesState.CIRCULATED: "Draft",
    MinutesState.APPROVED: "Approved",
}


def ask_for_minutes(*, minutes: Minutes, large_print: bool, by: Actor) -> Document:
    """Return the PDF of the minutes as they stand now, asking the worker for it if needed."""
    report = minutes_queries.report_of(minutes)
    day = dates.long_date(minutes.meeting.starts_at)
    return documents.ask_for(
        task="meetings.make_minutes_pdf",
        kind=MINUTES,
        about=minutes.meeting.reference,
        title=f"Minutes of {day}{', large print' if large_print else ''}",
        version=f"{minutes.state}-{minutes_queries.fingerprint(report)}",
        large_print=large_print,
        by=by,
    )


def minutes_pdf(document: Document) -> pdf.Made:
    """Build the PDF of the minutes a document asks for."""
    return pdf.render_html(minutes_html(document))


def minutes_html(document: Document) -> str:
    """Return the page the PDF of the minutes is made from."""
    minutes = Minutes.objects.select_related("meeting__group", "approved_meeting").get(
        meeting__reference=document.about
    )
    return pdf.html_of(
        "pdf/minutes.html",
        {
            "report": minutes_queries.report_of(minutes),
            "state_words": state_words(minutes),
            "title": document.title,
            "large_print": document.large_print,
        },
    )


def ask_for_agenda_pack(*, meeting: Meeting, large_print: bool, by: Actor) -> Document:
    """Return the PDF of the agenda and papers as they stand now, asking the worker if needed."""
    day = dates.long_date(meeting.date)
    return documents.ask_for(
        task="meetings.make_agenda_pack",
        kind=AGENDA_PACK,
        about=meeting.reference,
        title=f"Agenda pack for {day}{', large print' if large_print else ''}",
        version=queries.agenda_fingerprint(meeting),
        large_print=large_print,
        by=by,
    )


def agenda_pack_pdf(document: Document) -> pdf.Made:
    """Build the agenda with every paper whose words we hold, and the names of the other files."""
    meeting = Meeting.objects.select_related("group").get(reference=document.about)
    return pdf.render(
        "pdf/agenda_pack.html",
        {
            "meeting": meeting,
            "agenda": queries.agenda_of(meeting),
            "title": document.title,
            "large_print": document.large_print,
        },
    )


def state_words(minutes: Minutes) -> str:
    """Return where the minutes stand, in one sentence."""
    words = _STATE_WORDS[MinutesState(minutes.state)]
    if minutes.state == MinutesState.CIRCULATED and minutes.corrections_until:
        last_day = dates.long_date(minutes.corrections_until)
        return f"{words}. You can ask for corrections until {last_day}."
    if minutes.approved_meeting is not None:
        day = dates.long_date(minutes.approved_meeting.starts_at)
        return f"{words} by the group on {day}."
    return words


def minutes_as_words(report: minutes_queries.Report) -> str:
    """Return the minutes as plain paragraphs, for a letter."""
    who = report.who
    paragraphs = ["Who was there", f"Came: {who.came} {who.who}".strip()]
    paragraphs += [
        f"Sent apologies: {who.apologies}",
        f"Enough to decide? {who.quorum}",
    ]
    for part in report.parts:
        paragraphs += [
            f"{part.item.position}. {part.item.title}",
            as_plain_text(part.section.text),
        ]
        if part.card:
            paragraphs += _decision_words(part.card)
        paragraphs += [
            f"To do: {line.action.words} Who: {line.who}. "
            f"By {dates.long_date(line.action.due_date)}."
            for line in part.actions
        ]
    return "\n\n".join(paragraphs)


def _decision_words(card: DecisionCard) -> list[str]:
    decision = card.decision
    said = [
        f"Decision {decision.reference}. {card.outcome}: {decision.wording}",
        f"{card.made}.",
    ]
    tallies = [f"{tally.words}{tally.rest}".rstrip(".") for tally in card.tallies]
    said += [" ".join(f"{tally}." for tally in tallies)]
    said += [f"{quote.kicker}: “{quote.words}” ({quote.by})" for quote in card.quotes]
    if decision.how:
        said.append(decision.how)
    if decision.review_date:
        said.append(
            f"We will look at this again on {dates.long_date(decision.review_date)}."
        )
    return said

from django.urls import path

from meetings.views import (
    access,
    action,
    call,
    copy,
    correction,
    decision,
    feed,
    issue,
    item,
    meeting,
    messages,
    minutes,
    pack,
    paper,
    reply,
    series,
    series_change,
)

app_name = "meetings"
urlpatterns = [
    path("actions/", action.action_list, name="action-list"),
    path("actions/<str:ref>/", action.action_detail, name="action-detail"),
    path("calendar/<str:secret>.ics", feed.feed, name="feed"),
    path("decisions/", decision.decision_list, name="decision-list"),
    path("decisions/<str:ref>/", decision.decision_detail, name="decision-detail"),
    path("decisions/<str:ref>/view/", decision.view_say, name="view-say"),
    path(
        "decisions/<str:ref>/views/<str:person_ref>/",
        decision.view_record,
        name="view-record",
    ),
    path("me/calendar/", feed.my_calendar, name="my-calendar"),
    path("me/calendar/end/", feed.my_calendar_end, name="my-calendar-end"),
    path("me/calendar/make/", feed.my_calendar_make, name="my-calendar-make"),
    path("meetings/", meeting.meeting_list, name="meeting-list"),
    path("meetings/add/", meeting.meeting_add, name="meeting-add"),
    path("meetings/series/", series.series_list, name="series-list"),
    path("meetings/series/add/", series.series_add, name="series-add"),
    path("meetings/series/<str:ref>/", series.series_detail, name="series-detail"),
    path("meetings/series/<str:ref>/dates/", series.series_dates, name="series-dates"),
    path("meetings/series/<str:ref>/end/", series_change.series_end, name="series-end"),
    path(
        "meetings/series/<str:ref>/time/", series_change.series_time, name="series-time"
    ),
    path("meetings/<str:ref>/", meeting.meeting_detail, name="meeting-detail"),
    path("meetings/<str:ref>/access/", access.access_list, name="access-list"),
    path(
        "meetings/<str:ref>/access/<int:pk>/",
        access.access_settle,
        name="access-settle",
    ),
    path(
        "meetings/<str:ref>/access/<int:pk>/take/",
        access.access_take,
        name="access-take",
    ),
    path("meetings/<str:ref>/calendar.ics", pack.calendar, name="meeting-calendar"),
    path(
        "meetings/<str:ref>/calls/<str:delivery_ref>/", call.call, name="meeting-call"
    ),
    path("meetings/<str:ref>/cancel/", meeting.meeting_cancel, name="meeting-cancel"),
    path(
        "meetings/<str:ref>/decisions/<int:position>/record/",
        decision.decision_record,
        name="decision-record",
    ),
    path("meetings/<str:ref>/edit/", meeting.meeting_edit, name="meeting-edit"),
    path("meetings/<str:ref>/items/add/", item.item_add, name="item-add"),
    path("meetings/<str:ref>/items/<int:pk>/edit/", item.item_edit, name="item-edit"),
    path("meetings/<str:ref>/items/<int:pk>/move/", item.item_move, name="item-move"),
    path(
        "meetings/<str:ref>/items/<int:pk>/papers/add/",
        paper.paper_add,
        name="paper-add",
    ),
    path(
        "meetings/<str:ref>/items/<int:pk>/remove/",
        item.item_remove,
        name="item-remove",
    ),
    path(
        "meetings/<str:ref>/messages/",
        messages.meeting_messages,
        name="meeting-messages",
    ),
    path("meetings/<str:ref>/minutes/", minutes.minutes_detail, name="minutes-detail"),
    path(
        "meetings/<str:ref>/minutes/actions/<int:position>/add/",
        action.action_add,
        name="action-add",
    ),
    path(
        "meetings/<str:ref>/minutes/approve/",
        minutes.minutes_approve,
        name="minutes-approve",
    ),
    path(
        "meetings/<str:ref>/minutes/circulate/",
        minutes.minutes_circulate,
        name="minutes-circulate",
    ),
    path("meetings/<str:ref>/minutes/copy/", copy.copy_ask, name="minutes-copy-ask"),
    path(
        "meetings/<str:ref>/minutes/copy/<str:document>/",
        copy.copy_progress,
        name="minutes-copy",
    ),
    path(
        "meetings/<str:ref>/minutes/copy/<str:document>/file/",
        copy.copy_file,
        name="minutes-file",
    ),
    path(
        "meetings/<str:ref>/minutes/correct/",
        correction.correction_ask,
        name="minutes-correct",
    ),
    path(
        "meetings/<str:ref>/minutes/corrections/<int:pk>/answer/",
        correction.correction_answer,
        name="correction-answer",
    ),
    path(
        "meetings/<str:ref>/minutes/notes/<int:position>/edit/",
        minutes.note_edit,
        name="note-edit",
    ),
    path(
        "meetings/<str:ref>/minutes/notes/<int:position>/kept/<int:revision>/",
        minutes.note_kept,
        name="note-kept",
    ),
    path(
        "meetings/<str:ref>/minutes/start/", minutes.minutes_start, name="minutes-start"
    ),
    path("meetings/<str:ref>/pack/", pack.pack_ask, name="pack-ask"),
    path(
        "meetings/<str:ref>/pack/<str:document>/",
        pack.pack_progress,
        name="pack-progress",
    ),
    path(
        "meetings/<str:ref>/pack/<str:document>/file/", pack.pack_file, name="pack-file"
    ),
    path("meetings/<str:ref>/papers/issue/", issue.papers_issue, name="papers-issue"),
    path(
        "meetings/<str:ref>/papers/<int:pk>/", paper.paper_detail, name="paper-detail"
    ),
    path(
        "meetings/<str:ref>/papers/<int:pk>/edit/", paper.paper_edit, name="paper-edit"
    ),
    path(
        "meetings/<str:ref>/papers/<int:pk>/files/<int:file_pk>/",
        paper.paper_file,
        name="paper-file",
    ),
    path(
        "meetings/<str:ref>/papers/<int:pk>/remove/",
        paper.paper_remove,
        name="paper-remove",
    ),
    path(
        "meetings/<str:ref>/replies/<str:person_ref>/",
        reply.reply_record,
        name="reply-record",
    ),
    path("meetings/<str:ref>/reply/", reply.reply, name="reply"),
]

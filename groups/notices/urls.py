from django.urls import path

from groups.notices.views import (
    delivery,
    health,
    member,
    outbox,
    owning,
    people,
    preferences,
    printing,
    receipts,
    undoing,
)

app_name = "notices"
urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("readyz", health.readyz, name="readyz"),
    path("outbox/health/", health.health_page, name="health"),
    path("outbox/health/<slug:kind>/<slug:about>/", health.alert, name="alert"),
    path("outbox/history/", outbox.history, name="history"),
    path("outbox/notices/<ref>/undo/", undoing.undo, name="undo"),
    path(
        "outbox/notices/<ref>/send-after-all/",
        undoing.send_after_all,
        name="send-after-all",
    ),
    path("outbox/calls/<ref>/", delivery.call, name="call"),
    path("outbox/letters/", printing.make, name="print-run-make"),
    path("outbox/letters/<ref>/", printing.detail, name="print-run"),
    path("outbox/letters/<ref>/again/", printing.again, name="print-run-again"),
    path("outbox/letters/<ref>/pdf/", printing.pdf, name="print-run-pdf"),
    path("outbox/letters/<ref>/posted/", printing.posted, name="print-run-posted"),
    path(
        "outbox/letters/<ref>/put-back/", printing.put_back, name="print-run-put-back"
    ),
    path(
        "outbox/letters/<ref>/take-out/", printing.take_out, name="print-run-take-out"
    ),
    path("outbox/letters/<ref>/undo/", printing.undo, name="print-run-undo"),
    path("outbox/messages/<ref>/", delivery.detail, name="delivery"),
    path(
        "outbox/messages/<ref>/came-back/",
        delivery.came_back,
        name="delivery-came-back",
    ),
    path(
        "outbox/messages/<ref>/dealt-with/",
        delivery.dealt_with,
        name="delivery-dealt-with",
    ),
    path(
        "outbox/messages/<ref>/take-over/",
        owning.take_over,
        name="delivery-take-over",
    ),
    path("outbox/messages/<ref>/hand-to/", owning.hand_to, name="delivery-hand-to"),
    path(
        "outbox/messages/<ref>/print/",
        printing.print_ourselves,
        name="delivery-print",
    ),
    path("outbox/messages/<ref>/<slug:what>/", delivery.mend, name="delivery-mend"),
    path("me/messages/", member.my_messages, name="my-messages"),
    path("me/messages/<ref>/", member.my_message, name="my-message"),
    path("me/reach/", preferences.reach, name="my-reach"),
    path("notify/receipts/", receipts.notify_receipt, name="notify-receipts"),
    path("people/add/", people.add, name="person-add"),
    path("people/<ref>/invite/", people.invite, name="person-invite"),
    path("people/<ref>/messages/", member.person_messages, name="person-messages"),
    path("people/<ref>/reach/", preferences.reach, name="person-reach"),
]

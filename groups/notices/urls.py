from django.urls import path

from groups.notices.views import delivery, member, outbox, people, printing

app_name = "notices"
urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/sent/", outbox.sent_list, name="sent-list"),
    path("outbox/calls/<ref>/", delivery.call, name="call"),
    path("outbox/letters/", printing.make, name="print-run-make"),
    path("outbox/letters/<ref>/", printing.detail, name="print-run"),
    path("outbox/letters/<ref>/again/", printing.again, name="print-run-again"),
    path("outbox/letters/<ref>/pdf/", printing.pdf, name="print-run-pdf"),
    path("outbox/letters/<ref>/posted/", printing.posted, name="print-run-posted"),
    path(
        "outbox/letters/<ref>/put-back/", printing.put_back, name="print-run-put-back"
    ),
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
    path("outbox/messages/<ref>/<slug:what>/", delivery.mend, name="delivery-mend"),
    path("me/messages/", member.my_messages, name="my-messages"),
    path("me/messages/<ref>/", member.my_message, name="my-message"),
    path("people/add/", people.add, name="person-add"),
    path("people/<ref>/invite/", people.invite, name="person-invite"),
    path("people/<ref>/messages/", member.person_messages, name="person-messages"),
]

from django.urls import path

from groups.governance.views import group, seat

app_name = "governance"
urlpatterns = [
    path("groups/", group.group_list, name="group-list"),
    path("groups/add/", group.group_add, name="group-add"),
    path("groups/<slug:slug>/", group.group_detail, name="group-detail"),
    path("groups/<slug:slug>/edit/", group.group_edit, name="group-edit"),
    path("groups/<slug:slug>/start/", group.group_start, name="group-start"),
    path("groups/<slug:slug>/seats/add/", seat.seat_add, name="seat-add"),
    path("groups/<slug:slug>/seats/<int:pk>/take/", seat.seat_take, name="seat-take"),
    path(
        "groups/<slug:slug>/members/<int:pk>/end/",
        seat.membership_end,
        name="membership-end",
    ),
    path(
        "groups/<slug:slug>/members/<int:pk>/term/",
        seat.membership_term,
        name="membership-term",
    ),
]

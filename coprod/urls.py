from django.urls import include, path

handler400 = "coprod.core.views.bad_request"
handler403 = "coprod.core.views.forbidden"
handler404 = "coprod.core.views.not_found"
handler500 = "coprod.core.views.server_error"

urlpatterns = [
    path("accounts/", include("coprod.core.account_urls")),
    path("", include("coprod.core.urls")),
    # people/add/ must be met before people/<reference>/.
    path("", include("groups.notices.urls")),
    path("", include("groups.people.urls")),
    path("", include("groups.governance.urls")),
    path("", include("groups.projects.urls")),
    path("", include("meetings.urls")),
    path("", include("payments.urls")),
    path("", include("coprod.reports.urls")),
    path("", include("coprod.home.urls")),
]

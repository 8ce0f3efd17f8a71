from django.urls import path

from coprod.reports.views import paid

app_name = "reports"
urlpatterns = [
    path("reports/", paid.index, name="index"),
    path("reports/paid/", paid.paid, name="paid"),
    path("reports/paid.csv", paid.paid_csv, name="paid-csv"),
]

from django.urls import URLPattern, URLResolver, include, path

app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("payments.finance_urls")),
]

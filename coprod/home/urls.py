from django.urls import path

from coprod.home.views import first, pages, search

app_name = "home"
urlpatterns = [
    path("", first.home, name="home"),
    path("search/", search.search, name="search"),
    path("help/", pages.help_page, name="help"),
    path("help/accessibility/", pages.accessibility, name="accessibility"),
    path("help/privacy/", pages.privacy, name="privacy"),
    path("help/cookies/", pages.cookies, name="cookies"),
]

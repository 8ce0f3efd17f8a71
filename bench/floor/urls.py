from django.urls import path

from bench.floor import views

urlpatterns = [
    path("page/", views.page),
    path("lines/<reference>/", views.lines),
]

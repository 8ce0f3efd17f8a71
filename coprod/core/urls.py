from django.urls import path

from coprod.core import account_pages, gallery, views

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("account/", account_pages.account, name="account"),
    path("demonstration/gallery/", gallery.gallery, name="gallery"),
    path("kept/", views.kept_form, name="kept-form"),
    path("demonstration/mail/", views.demo_mail, name="demo-mail"),
    path(
        "demonstration/mail/<slug:name>/",
        views.demo_mail_message,
        name="demo-mail-message",
    ),
]

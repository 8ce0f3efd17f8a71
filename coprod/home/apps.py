from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "coprod.home"
    label = "home"
    default_auto_field = "django.db.models.BigAutoField"

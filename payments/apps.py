from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from groups.notices import comparing  # noqa: PLC0415 - no model is ready before this
        from payments.queries import told  # noqa: PLC0415 - with the line above

        comparing.register("claims", told.expected)

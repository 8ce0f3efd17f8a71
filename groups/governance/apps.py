from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "groups.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from groups.governance import expected_queries  # noqa: PLC0415 - no model is ready before this
        from groups.notices import comparing  # noqa: PLC0415 - with the line above

        comparing.register("terms", expected_queries.expected)

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "groups.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from groups.notices import checks  # noqa: F401, PLC0415 - registers what looks at the settings
        from groups.notices.actions import follow_reach  # noqa: PLC0415 - no model is ready before this
        from groups.people.signals import reach_changed  # noqa: PLC0415 - with the line above

        reach_changed.connect(follow_reach, dispatch_uid="notices.follow_reach")

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from groups.governance.signals import membership_ended  # noqa: PLC0415 - no model is ready before this
        from groups.notices import answering, comparing  # noqa: PLC0415 - with the line above
        from meetings import expected_queries  # noqa: PLC0415 - as above
        from meetings.actions import reminding  # noqa: PLC0415 - as above
        from meetings.views import call  # noqa: PLC0415 - as above

        answering.register(call.ASKS, call.card_for_call)
        membership_ended.connect(
            reminding.stop_nudging, dispatch_uid="meetings.stop_nudging"
        )
        comparing.register("meetings", expected_queries.expected)
        comparing.register("actions", expected_queries.expected_of_actions)

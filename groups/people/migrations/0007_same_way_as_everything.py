from django.db import migrations, models


class Migration(migrations.Migration):
    """A wish may be about the print alone, or that something is not wanted: its way is then that of
    everything."""

    dependencies = [("people", "0006_contact_point_that_gave_out")]

    operations = [
        migrations.RemoveConstraint(
            model_name="channelpreference", name="preference_channel_known"
        ),
        migrations.AlterField(
            model_name="channelpreference",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("email", "E-mail"),
                    ("text", "Text message"),
                    ("letter", "Letter"),
                    ("phone", "Phone call"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="channelpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel__in", ["", "email", "text", "letter", "phone"])
                ),
                name="preference_channel_known",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep when the provider says a message arrived or came back."""

    dependencies = [("notices", "0004_ledger_of_every_channel")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="receipt_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

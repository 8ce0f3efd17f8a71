from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_meetings_and_minutes")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="offer_words",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]

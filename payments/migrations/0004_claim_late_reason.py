from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_no_negative_rates_and_known_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="late_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
    ]

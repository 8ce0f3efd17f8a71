from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0006_place_of_a_letter_in_its_pile")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["-due_at", "-id"], name="delivery_by_due"),
        ),
    ]

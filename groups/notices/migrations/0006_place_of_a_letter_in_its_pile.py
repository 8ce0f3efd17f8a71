from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0005_receipt_of_a_delivery'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='page_count',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='pile_number',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]

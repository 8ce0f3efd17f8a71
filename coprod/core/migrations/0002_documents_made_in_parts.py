from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_accounts_audit_and_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='done_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='document',
            name='parts',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='document',
            name='total_count',
            field=models.PositiveIntegerField(default=0),
        ),
    ]

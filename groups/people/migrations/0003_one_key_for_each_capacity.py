from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_first_consent_wordings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='signin',
            name='sign_in_once',
        ),
        migrations.AddConstraint(
            model_name='signin',
            constraint=models.UniqueConstraint(fields=('user', 'person', 'capacity'), name='sign_in_once'),
        ),
    ]

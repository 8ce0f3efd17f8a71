from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """An address may be stopped because what we sent there came back, with nobody's hand in it."""

    dependencies = [("people", "0005_how_and_when_to_reach_somebody")]

    operations = [
        migrations.RemoveConstraint(
            model_name="contactpoint", name="contact_stopped_pair"
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False)
                | (Q(stopped_at__isnull=False) & ~Q(stopped_reason="")),
                name="contact_stopped_by_or_why",
            ),
        ),
    ]

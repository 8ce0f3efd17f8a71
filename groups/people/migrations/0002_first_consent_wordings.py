import datetime as dt

from django.db import migrations

WORDINGS = (
    (
        "network",
        "We would like to keep your name, how to reach you and what you need, so that we can ask "
        "you to meetings and groups. Only the involvement team sees your details. We do not share "
        "them with anybody else unless you say so. You can say stop at any time, and it will not "
        "change the care or support you get. Is that all right with you?",
    ),
    (
        "news",
        "We would like to tell you about new chances to take part. This is separate from the "
        "groups you are in. You can say stop at any time. Is that all right with you?",
    ),
)


def add_wordings(apps, schema_editor):
    wording = apps.get_model("people", "ConsentWording")
    for purpose, words in WORDINGS:
        wording.objects.get_or_create(
            purpose=purpose,
            number=1,
            defaults={"words": words, "from_date": dt.date(2025, 1, 1)},
        )


def remove_wordings(apps, schema_editor):
    apps.get_model("people", "ConsentWording").objects.filter(number=1).delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0001_people_and_consent")]

    operations = [migrations.RunPython(add_wordings, remove_wordings)]

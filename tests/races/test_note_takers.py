"""Two people write the same note at once: nothing either typed is lost."""

import uuid

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coprod.core.enums import Role
from meetings.actions import minutes as actions
from meetings.models import Minutes, MinutesSection, Revision
from tests.conftest import sign_in
from tests.factories import AgendaItemFactory, MinutesFactory, UserFactory
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TEXTS = {"Priya Nair": "Seven want to keep it.", "Tom Reyes": "Eight like the alarm."}


def two_note_takers():
    """Both opened the note at its first version and press “Save this note” at the same moment."""
    minutes = MinutesFactory()
    item = AgendaItemFactory(meeting=minutes.meeting, position=1)
    MinutesSection.objects.create(minutes=minutes, item=item)
    address = reverse("meetings:note-edit", args=[minutes.meeting.reference, 1])
    acts = []
    for name, text in TEXTS.items():
        client = sign_in(Client(), UserFactory(name=name, roles=[Role.INVOLVEMENT]))
        data = {"text": text, "version": "1", "form_key": str(uuid.uuid4())}
        acts.append(
            lambda client=client, data=data: client.post(address, data, follow=True)
        )
    return at_once(acts)


def test_of_two_note_takers_one_is_saved_and_the_others_text_is_kept_aside():
    answers = two_note_takers()

    assert raised(answers) == []
    saved, kept = MinutesSection.objects.get(), Revision.objects.get(kept_aside=True)
    assert {saved.text, kept.text} == set(TEXTS.values())
    assert saved.text == TEXTS[saved.edited_by.name]
    assert kept.text == TEXTS[kept.saved_by.name]
    assert saved.version == 2


def test_the_slower_note_taker_is_shown_both_texts():
    answers = two_note_takers()

    kept = Revision.objects.get(kept_aside=True)
    place = reverse(
        "meetings:note-kept", args=[Minutes.objects.get().meeting.reference, 1, kept.pk]
    )
    (shown,) = [answer for answer in answers if answer.redirect_chain == [(place, 302)]]
    assert kept.text in shown.content.decode()


def unguarded_write(section, *, text, version, by):
    """What `_write` would be without its condition on the version."""
    MinutesSection.objects.filter(pk=section.pk).update(
        text=text,
        version=F("version") + 1,
        edited_at=timezone.now(),
        edited_by=by.user,
    )
    Revision.objects.create(
        section=section, version=version + 1, text=text, saved_by=by.user
    )
    return True


def test_control_a_text_drops_out_when_the_condition_on_the_version_is_off(monkeypatch):
    monkeypatch.setattr(actions, "_write", unguarded_write)

    answers = two_note_takers()

    assert all("is saved" in answer.content.decode() for answer in answers)
    assert not Revision.objects.filter(kept_aside=True).exists()
    # Both were told that it is saved, and only one of them can read her words in the minutes.
    assert MinutesSection.objects.get().text in TEXTS.values()
    assert [row.version for row in Revision.objects.all()] == [2, 2]

import datetime as dt

import factory

from groups.notices.enums import Stage
from groups.notices.models import Delivery, Notice
from groups.people.enums import Channel, Purpose
from tests.factories.people import PersonFactory


class NoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notice

    occasion = "test.occasion"
    about = factory.Sequence(lambda n: f"T-{n}")
    stage = Stage.FIRST
    purpose = Purpose.MEETINGS
    title = "Something to tell"


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    notice = factory.SubFactory(NoticeFactory)
    person = factory.SubFactory(PersonFactory)
    channel = Channel.EMAIL
    subject = "Something to tell"
    body = "We want to tell you something."
    due_at = dt.datetime(2026, 11, 1, 9, 0, tzinfo=dt.UTC)

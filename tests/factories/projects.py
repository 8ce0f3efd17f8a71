import datetime as dt

import factory

from groups.projects.enums import Stage
from groups.projects.models import Project, StageEntry
from tests.factories.governance import GroupFactory


class ProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Project

    name = factory.Sequence(lambda n: f"Project {n}")
    slug = factory.Sequence(lambda n: f"project-{n}")
    aim = "Help people stay at home."
    group = factory.SubFactory(GroupFactory)
    started_date = dt.date(2025, 1, 1)


class StageEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StageEntry

    project = factory.SubFactory(ProjectFactory)
    stage = Stage.CO_DESIGN
    from_date = dt.date(2025, 1, 1)
    what_happened = "The group wrote the specification."

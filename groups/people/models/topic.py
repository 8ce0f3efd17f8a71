from django.db import models

from groups.people.models.person import Person


class Topic(models.Model):
    """Something people can be interested in, like technology at home."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Interest(models.Model):
    """A person wants to hear about a topic."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="interests"
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="interests")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic"], name="interest_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.topic}"

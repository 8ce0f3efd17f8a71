from django.db import models


class Person(models.Model):
    """A row of the product's own table."""

    reference = models.CharField(max_length=20)
    known_as = models.CharField(max_length=120)
    state = models.CharField(max_length=20)
    added_at = models.DateTimeField()

    objects: models.Manager["Person"] = models.Manager()

    class Meta:
        app_label = "floor"
        managed = False
        db_table = "people_person"

    def __str__(self) -> str:
        return self.known_as

from django.urls import reverse

from coprod.core import addresses, references


def test_an_address_looked_up_once_is_the_one_looked_up_each_time():
    for _ in range(3):
        reference = references.new_reference("P")

        found = addresses.address("people:detail", reference)

        assert found == reverse("people:detail", args=[reference])

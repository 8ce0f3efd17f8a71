from hypothesis import given
from hypothesis import strategies as st

from coprod.core import references


def test_a_reference_is_well_formed_however_it_is_typed() -> None:
    made = references.new_reference("C")

    assert references.is_well_formed(made)
    assert references.is_well_formed(f" {made.lower()} ")


@given(place=st.integers(0, 7), letter=st.sampled_from(references.ALPHABET))
def test_one_wrong_character_is_caught(place: int, letter: str) -> None:
    made = references.new_reference("C")
    body = made[2:].replace("-", "")
    wrong = body[:place] + letter + body[place + 1 :]

    assert references.is_well_formed(f"C-{wrong}") == (wrong == body)


@given(place=st.integers(0, 5))
def test_two_neighbours_swapped_are_caught(place: int) -> None:
    made = references.new_reference("C")
    body = made[2:].replace("-", "")
    wrong = body[:place] + body[place + 1] + body[place] + body[place + 2 :]

    assert references.is_well_formed(f"C-{wrong}") == (wrong == body)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.differences import side_by_side


def marked(pieces):
    return [piece.text for piece in pieces if piece.differs]


def test_only_the_words_that_differ_are_marked():
    saved, typed = side_by_side("Eight want to keep it.", "Seven want to keep it.")

    assert (marked(saved), marked(typed)) == (["Eight "], ["Seven "])


@pytest.mark.parametrize("text", ["", "The same words."])
def test_the_same_text_twice_has_nothing_marked(text):
    saved, typed = side_by_side(text, text)

    assert (marked(saved), marked(typed)) == ([], [])


def test_a_text_beside_none_is_marked_whole():
    assert marked(side_by_side("", "All of it is new.")[1]) == ["All of it is new."]


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_letter_of_either_text_is_lost(first, second):
    saved, typed = side_by_side(first, second)

    assert "".join(piece.text for piece in saved) == first
    assert "".join(piece.text for piece in typed) == second

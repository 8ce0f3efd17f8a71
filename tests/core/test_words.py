import sys
import unicodedata

from coprod.core.words import tidy

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_tidy_takes_out_control_characters_and_turns_of_direction_and_nothing_else():
    everything = [chr(point) for point in range(sys.maxunicode + 1)]

    kept = tidy("".join(letter for letter in everything if letter != "\r"))

    gone = [
        letter
        for letter in everything
        if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t"
    ]
    assert set(everything) - set(kept) == {*gone, *TURNS}


def test_tidy_leaves_one_kind_of_newline():
    assert tidy("one\r\ntwo\rthree\n") == "one\ntwo\nthree\n"

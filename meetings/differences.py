"""Two texts side by side, with the words marked in which they differ."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Piece:
    text: str
    differs: bool


def side_by_side(first: str, second: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts in pieces: what they share, and what only one of them has."""
    left, right = _words(first), _words(second)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    matcher = SequenceMatcher(None, left, right)
    for kind, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        differs = kind != "equal"
        for side, words in (
            (pieces[0], left[left_from:left_to]),
            (pieces[1], right[right_from:right_to]),
        ):
            if words:
                side.append(Piece(text="".join(words), differs=differs))
    return pieces


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.core import spreadsheets

FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1+1",
    "＝1+1",
    "＋1+A1",
    "\u200b=1+1",
    "\ufeff=HYPERLINK(1)",
    "-A1",
    "|calc",
    "%0A=1",
]
HONEST = [
    "+44 7700 900118",
    "-12.50",
    "07700 900118",
    "O’Neill-Łukaszewicz",
    "12/11/2025",
    "Ring after 2pm",
    "+441632960118",
    "",
]


def cell(text: str, *, machine: bool = False) -> str:
    made = b"".join(spreadsheets.csv_lines(["Name"], [[text]], machine=machine)).decode(
        "utf-8-sig"
    )
    return list(csv.reader(io.StringIO(made, newline="")))[1:2][0][0] if text else ""


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_for_people_starts_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_file_for_a_machine_has_no_formula_and_no_apostrophe(text: str) -> None:
    made = cell(text, machine=True)

    assert not spreadsheets.is_dangerous(made)
    assert not made.startswith("'")


@pytest.mark.parametrize("text", HONEST)
@pytest.mark.parametrize("machine", [True, False])
def test_honest_values_are_unchanged(text: str, machine: bool) -> None:
    assert cell(text, machine=machine) == text


@given(st.text(max_size=40))
def test_no_text_at_all_comes_out_dangerous(text: str) -> None:
    for machine in (True, False):
        made = spreadsheets.safe_text(text, machine=machine)
        assert not spreadsheets.is_dangerous(made)


def test_a_file_for_people_opens_in_excel_with_its_accents() -> None:
    made = b"".join(spreadsheets.csv_lines(["Name"], [["Łucja £5"]]))

    assert made.startswith(b"\xef\xbb\xbf")
    assert made.endswith("Łucja £5\r\n".encode())


def test_a_file_for_a_machine_has_no_byte_order_mark() -> None:
    assert b"".join(spreadsheets.csv_lines(["Name"], [], machine=True)) == b"Name\r\n"

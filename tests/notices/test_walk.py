import pytest

from groups.notices.walk import Stop, postcode_of


def stop(name="Dot", postcode="NS4 2QT", size=14, pages=1):
    return Stop(name, f"{name}\n1 Mill Lane\n{postcode}", size, pages)


def names(*stops):
    return [each.name for each in sorted(stops, key=lambda each: each.key)]


def test_letters_go_by_area_district_sector_and_unit_and_two_comes_before_ten():
    postcodes = [
        *("B2 4AA", "B2 4AB", "B2 5AA", "B10 1AA", "B10 1AB", "BA1 1AA"),
        *("EC1A 1BB", "EC1B 1AA", "N1 9AA", "NS4 2QT"),
    ]

    found = names(*(stop(each, each) for each in reversed(postcodes)))

    assert found == postcodes


def test_at_one_postcode_people_come_by_name_whatever_the_case():
    assert names(stop("zoe"), stop("Anna"), stop("Zack")) == ["Anna", "Zack", "zoe"]


def test_print_and_envelope_are_changed_once_each():
    found = names(
        stop("large print", "A1 1AA", size=24),
        stop("twelve pages", "A1 1AA", pages=12),
        stop("near", "B1 1AA"),
        stop("far", "NS4 2QT"),
    )

    assert found == ["near", "far", "large print", "twelve pages"]


def test_without_a_postcode_a_letter_comes_last_of_its_print():
    found = names(
        stop("nowhere", "by the old mill"),
        stop("last", "ZE3 9ZZ"),
        stop("large print", "A1 1AA", size=18),
    )

    assert found == ["last", "nowhere", "large print"]


@pytest.mark.parametrize(
    ("address", "postcode"),
    [
        ("Dot\n1 Mill Lane\nNS4 2QT", "NS4 2QT"),
        ("Dot\n1 Mill Lane\nns4  2qt \n", "NS4 2QT"),
        ("Dot\nNS4 2QT\nElmsby", ""),
        ("NS4 2QT and a bit", ""),
        ("", ""),
        ("Dot\n12", ""),
    ],
)
def test_a_postcode_is_the_whole_last_line(address, postcode):
    assert postcode_of(address) == postcode


@pytest.mark.parametrize(
    ("pages", "is_large"), [(1, False), (9, False), (10, False), (11, True)]
)
def test_more_than_five_sheets_need_a_large_envelope(pages, is_large):
    assert stop(pages=pages).is_large is is_large

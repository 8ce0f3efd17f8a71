"""The order in which letters are printed, put into envelopes and posted."""

import re
from dataclasses import dataclass

# An area, a district and perhaps its letter, then a sector and a unit: "NS4 2QT", "EC1A 1BB".
_POSTCODE = re.compile(r"([A-Z]{1,2})(\d{1,2})([A-Z]?) ?(\d)([A-Z]{2})")
# Folded in three, more sheets than this are too thick for a DL envelope.
MOST_SHEETS_FOLDED = 5
_NO_POSTCODE = ("~", 0, "", 0, "")
Key = tuple[object, ...]


@dataclass(frozen=True)
class Stop:
    """One letter on the walk: whose it is, where it goes, and what it is printed on."""

    name: str
    address: str
    print_size: int
    page_count: int

    @property
    def sheet_count(self) -> int:
        return (self.page_count + 1) // 2

    @property
    def is_large(self) -> bool:
        """Tell whether it needs a large envelope, unfolded."""
        return self.sheet_count > MOST_SHEETS_FOLDED

    @property
    def postcode(self) -> str:
        return postcode_of(self.address)

    @property
    def key(self) -> Key:
        """Sort by envelope and print, so that each is changed once, then along the walk."""
        walk = _walked(self.postcode)
        return (self.is_large, self.print_size, *walk, self.name.casefold())


def postcode_of(address: str) -> str:
    """Return the postcode at the end of an address, or an empty string."""
    lines = address.strip().upper().split("\n")
    last = " ".join(lines[-1].split())
    return last if _POSTCODE.fullmatch(last) else ""


def _walked(postcode: str) -> Key:
    """Return the parts of a postcode, so that B2 comes before B10. Without one: at the end."""
    found = _POSTCODE.fullmatch(postcode)
    if not found:
        return _NO_POSTCODE
    area, district, letter, sector, unit = found.groups()
    return area, int(district), letter, int(sector), unit

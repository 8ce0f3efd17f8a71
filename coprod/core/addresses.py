from functools import cache

from django.urls import get_urlconf, reverse

# Fits every address that is made of a reference, and is nobody's.
_MARK = "P-MARK-MARK"


@cache
def _around(name: str, _urlconf: str | None) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_MARK]).partition(_MARK)
    return before, after


def address(name: str, reference: str) -> str:
    """Return the address of a page about one reference, looked up once: a list shows many.

    A reference is capitals, digits and hyphens, so it stands in an address as it is.
    """
    before, after = _around(name, get_urlconf())
    return f"{before}{reference}{after}"

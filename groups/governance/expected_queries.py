"""Who must have been told that a term ends, for the count of every day (notices.comparing)."""

import datetime as dt
from collections.abc import Iterator

from groups.governance import terms
from groups.governance.owed_queries import terms_ending
from groups.notices.comparing import Expected
from groups.notices.enums import Stage


def expected(day: dt.date) -> Iterator[Expected]:
    """Yield for each term that ends within eight weeks of a day the word of it. One query."""
    for row in terms_ending(day):
        yield Expected(
            occasion=terms.TERM_ENDING,
            about=terms.about(row),
            version=terms.version_of(row),
            stage=Stage.FIRST,
            person_id=row.person_id,
        )

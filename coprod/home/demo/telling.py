"""Tell the whole story in order."""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import transaction

from coprod.core import dates
from coprod.core.models import User
from coprod.home.demo import claims, post, story, words
from coprod.home.demo.cast import (
    Cast,
    Sign,
    gather,
    hire,
    hire_into_groups,
    let_in,
    newcomer,
)
from coprod.home.demo.clock import at
from groups.people.models import Person
from meetings.actions import minutes as writing
from meetings.actions import planning


class NotEmpty(Exception):
    """The database already holds people: the demonstration is for an empty one."""


def is_empty() -> bool:
    """Tell whether nobody is in the database yet."""
    return not User.objects.exists() and not Person.objects.exists()


def cast_file() -> Path:
    return Path(settings.DATA_DIR) / "demo-cast.json"


def read_cast() -> list[Sign]:
    """Return how the people of the demonstration sign in, as it was written when it was made.

    Empty when this database is not that demonstration, whatever file lies beside it.
    """
    if not cast_file().exists():
        return []
    cast = [Sign(**row) for row in json.loads(cast_file().read_text())]
    known = User.objects.filter(email__in=[sign.sign_in for sign in cast]).count()
    return cast if known == len(cast) else []


def tell() -> list[Sign]:
    """Seed the demonstration and return its cast. Raises NotEmpty on a database with people."""
    if not is_empty():
        raise NotEmpty(
            "This database already holds people, so the demonstration was not added to it."
        )
    with transaction.atomic():
        cast = _seed(dates.today())
    path = cast_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps([asdict(sign) for sign in cast.signs], indent=2))
    return cast.signs


def _seed(today: dt.date) -> Cast:
    cast, days = Cast(), story.days_from(today)
    beginning = story.long_ago(days.earlier - dt.timedelta(days=240))
    with at(beginning):
        hire(cast)
        hire_into_groups(cast)
        gather(cast, words.TOPIC)
        let_in(cast)
        post.let_kofi_be_texted(cast)
        group = story.found_groups(cast)
        story.start_project(cast, group, today)
        claims.set_policy(cast)
        claims.set_up_payees(cast)
    with at(story.long_ago(days.earlier)):
        earlier = story.plan(cast, group, days.earlier, words.EARLIER)
    story.publish(cast, earlier, story.long_ago(days.earlier))
    claims.accept(
        cast, earlier, ("bernadette", "marian", "owen", "lina", "yusuf", "dot", "kofi")
    )
    story.hold(cast, earlier)
    story.minute(cast, earlier, words.EARLIER_NOTES)
    story.circulate(cast, earlier, 4)
    claims.pay_the_earlier_meeting(cast, earlier)
    with at(story.long_ago(days.last)):
        last = story.plan(cast, group, days.last, words.LAST)
    story.publish(cast, last, story.long_ago(days.last))
    claims.accept(cast, last, ("bernadette", "owen", "lina", "yusuf", "kofi"))
    story.hold(cast, last)
    with at(last.ends_at + dt.timedelta(hours=3)):
        earlier.minutes.refresh_from_db()
        last.refresh_from_db()
        writing.approve_minutes(
            minutes=earlier.minutes, at_meeting=last, by=cast.accounts["tom"]
        )
    story.minute(cast, last, words.LAST_NOTES)
    story.promise(cast, last)
    story.decide(cast, last)
    story.circulate(cast, last, 16)
    claims.leave_the_last_meeting_half_way(cast, last)
    story.correct(cast, last)
    _lead_up(cast, days)
    post.go_wrong(cast, last)
    return cast


def _lead_up(cast: Cast, days: story.Days) -> None:
    """Bring the story to today: the next meeting published, one planned, one newcomer welcomed."""
    group = cast.people["bernadette"].memberships.get().group
    published = story.long_ago(days.next)
    with at(published):
        coming = story.plan(cast, group, days.next, words.NEXT)
    story.publish(cast, coming, published)
    story.issue(cast, coming)
    story.get_ready(cast, coming)
    planning.plan_meeting(
        by=cast.accounts["tom"],
        group=group,
        date=days.after,
        start_time=dt.time(10),
        end_time=dt.time(12),
        mode="hybrid",
        **words.PLACE,
    )
    story.plan_board(cast, days.after)
    newcomer(cast)

"""The pieces pages are made of. Their markup is in templates/_components; each takes only what
it names, so a misspelt argument fails when the page is first read.
"""

import datetime as dt
from functools import cache, lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from coprod.core import dates
from coprod.core.icons import DRAWINGS
from coprod.core.templatetags.coprod import avatar_class, initials

register = template.Library()

_DOT = "M{x} 1a7 7 0 0 1 0 14h-5a2 2 0 0 1-2-2v-5a7 7 0 0 1 7-7z"
_DOT_STEP = 20
# More than this is not a picture any more; the words beside it say the number.
_MOST_DOTS = 40
_DOT_COLOURS = {
    "yes": 'fill="#0b4f5c"',
    "no": 'fill="#b9ad9b"',
    "concern": 'fill="#cf4f24"',
    "waiting": 'fill="#fff" stroke="#7d7466" stroke-width="2"',
}


@cache
def _drawing(component: str) -> template.Template:
    return template.Engine.get_default().get_template(f"_components/{component}.html")


def _component(component: str, /, **values: Any) -> SafeString:
    return _drawing(component).render(template.Context(values))


def _id(given: str, title: str) -> str:
    return f"{given or slugify(title)}-title"


def _icon(name: str) -> SafeString | str:
    return DRAWINGS[name] if name else ""


# Small pieces stand on a page many times with the same few words. `typed` keeps a text that is
# already markup apart from the same text that somebody typed.
_remembered = lru_cache(maxsize=2048, typed=True)


@register.simple_tag
@_remembered
def tag(label: str, colour: str = "") -> SafeString:
    classes = f"govuk-tag govuk-tag--{colour}" if colour else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>', classes, label)


@register.simple_tag
@_remembered
def avatar(name: str, key: int | None = None, *, size: str = "") -> SafeString:
    """Return a person's initials in her colour; the name always stands beside it."""
    classes = f"{avatar_class(key)} app-avatar--{size}" if size else avatar_class(key)
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>', classes, initials(name)
    )


@register.simple_tag
@_remembered
def flag(text: str, *, icon: str = "", must: bool = False) -> SafeString:
    """Return one access need; `must` is for what we must never do."""
    classes = "app-flag app-flag--must" if must else "app-flag"
    return format_html('<span class="{}">{}{}</span>', classes, _icon(icon), text)


@register.simple_tag
def dots(
    *, yes: int = 0, no: int = 0, concern: int = 0, waiting: int = 0, of: int = 0
) -> SafeString | str:
    """Return one mark for each person; the same numbers always stand beside it in words.

    `of` keeps room for this many marks, so that the words of several lines start together.
    """
    marks = ["yes"] * yes + ["concern"] * concern + ["no"] * no + ["waiting"] * waiting
    if not marks or len(marks) > _MOST_DOTS:
        return ""
    width = _DOT_STEP * max(len(marks), of)
    paths = "".join(
        f'<path {_DOT_COLOURS[mark]} d="{_DOT.format(x=8 + _DOT_STEP * place)}"/>'
        for place, mark in enumerate(marks)
    )
    return mark_safe(  # noqa: S308 - numbers and constants only
        f'<svg class="app-dots" width="{width}" height="16" viewBox="0 0 {width} 16" '
        f'aria-hidden="true" focusable="false">{paths}</svg>'
    )


@register.simple_tag
def date_block(value: dt.date | dt.datetime) -> SafeString:
    """Return the small calendar leaf; the date always stands beside it in words."""
    weekday, day, month = dates.short_date(value).split()
    return format_html(
        '<span class="app-date" aria-hidden="true">{}<b>{}</b>{}</span>',
        weekday,
        day,
        month,
    )


@register.simple_tag(takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> SafeString | str:
    """Return links to the pages before and after, which keep the rest of the address."""
    if page.paginator.num_pages <= 1:
        return ""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return _component(
        "pagination",
        page=page,
        earlier=address(page.previous_page_number()) if page.has_previous() else "",
        later=address(page.next_page_number()) if page.has_next() else "",
    )


@register.simple_tag
def document_progress(
    *,
    state: str,
    title: str,
    url: str = "",
    note: str = "",
    done: int = 0,
    total: int = 0,
) -> SafeString:
    """Return how far a document is: waiting, ready or failed. A long one counts what is in it."""
    if state not in {"waiting", "ready", "failed"}:
        raise ValueError(f"A document cannot be {state!r} on a page.")
    return _component(
        "document",
        is_ready=state == "ready",
        is_failed=state == "failed",
        title=title,
        url=url,
        note=note,
        done=done,
        total=total,
    )


@register.simple_block_tag(end_name="endhero")
def hero(
    content: str,
    *,
    title: str = "",
    kicker: str = "",
    label: str = "The main facts",
    id: str = "",  # noqa: A002 - it is the id in the page
) -> SafeString:
    return _component(
        "hero",
        content=content,
        title=title,
        kicker=kicker,
        label=label,
        title_id=_id(id, title),
    )


@register.simple_block_tag(end_name="endfacts")
def facts(content: str) -> SafeString:
    return format_html('<dl class="app-facts app-grid">{}</dl>', content)


@register.simple_block_tag(end_name="endfact")
def fact(content: str, name: str, *, icon: str = "") -> SafeString:
    return format_html(
        "<div><dt>{} {}</dt><dd>{}</dd></div>", _icon(icon), name, content
    )


@register.simple_block_tag(end_name="endpanel")
def panel(
    content: str,
    title: str = "",
    *,
    kind: str = "",
    icon: str = "",
    level: int = 2,
    size: str = "m",
    small: bool = False,
    id: str = "",  # noqa: A002 - it is the id in the page
) -> SafeString:
    return _component(
        "panel",
        content=content,
        title=title,
        title_id=_id(id, title),
        kind=kind,
        icon=_icon(icon),
        heading=f"h{level}",
        size=size,
        small=small,
        id=id,
    )


@register.simple_block_tag(end_name="endnote")
def note(
    content: str,
    title: str = "",
    *,
    kind: str = "",
    icon: str = "warning",
    level: int = 2,
    id: str = "",  # noqa: A002 - it is the id in the page
) -> SafeString:
    return _component(
        "note",
        content=content,
        title=title,
        title_id=_id(id, title),
        kind=kind,
        icon=_icon(icon),
        heading=f"h{level}",
    )


@register.simple_block_tag(end_name="endsteps")
def steps(content: str, *, across: bool = False) -> SafeString:
    classes = "app-steps app-path app-list" if across else "app-steps app-list"
    return format_html('<ol class="{}">{}</ol>', classes, content)


@register.simple_block_tag(end_name="endstep")
def step(content: str, title: str, *, state: str = "") -> SafeString:
    """Return one step: done, now, or still to come."""
    if state not in {"", "done", "now"}:
        raise ValueError(f"A step cannot be {state!r}.")
    return _component(
        "step",
        content=content,
        title=title,
        is_done=state == "done",
        is_now=state == "now",
    )


@register.simple_block_tag(end_name="endwords")
def words(content: str, *, kicker: str = "", by: str = "") -> SafeString:
    """Return a person's own words, and nothing else ever has this shape."""
    return _component("words", content=content, kicker=kicker, by=by)


@register.simple_block_tag(end_name="endreply")
def reply(content: str, *, kicker: str = "", by: str = "") -> SafeString:
    """Return what we say back to a person."""
    return _component("reply", content=content, kicker=kicker, by=by)


@register.simple_block_tag(end_name="endticks")
def ticks(content: str) -> SafeString:
    return format_html('<ul class="app-ticks app-list">{}</ul>', content)


@register.simple_block_tag(end_name="endtick")
def tick(content: str, *, open: bool = False, icon: str = "") -> SafeString:  # noqa: A002 - reads well in a page
    drawing = DRAWINGS[icon or ("clock" if open else "tick")]
    classes = SafeString(' class="is-open"') if open else ""
    return format_html("<li{}>{}<span>{}</span></li>", classes, drawing, content)


@register.simple_block_tag(end_name="endcount")
def count(content: str, number: int, label: str, url: str) -> SafeString:
    return _component("count", content=content, number=number, label=label, url=url)


@register.simple_block_tag(end_name="enddecision")
def decision(
    content: str,
    title: str,
    *,
    how: str = "",
    level: int = 3,
    id: str = "",  # noqa: A002 - it is the id in the page
) -> SafeString:
    return _component(
        "decision",
        content=content,
        title=title,
        how=how,
        heading=f"h{level}",
        title_id=_id(id, title),
    )


@register.simple_block_tag(end_name="endsummary_list")
def summary_list(content: str) -> SafeString:
    return format_html('<dl class="govuk-summary-list">{}</dl>', content)


@register.simple_block_tag(end_name="endsummary_row")
def summary_row(
    content: str,
    name: str,
    *,
    change_url: str = "",
    change: str = "",
    action: str = "Change",
) -> SafeString:
    return _component(
        "summary_row",
        content=content,
        name=name,
        change_url=change_url,
        change=change or name,
        action=action,
    )


@register.simple_block_tag(end_name="endsummary_card")
def summary_card(
    content: str,
    title: str,
    *,
    level: int = 2,
    id: str = "",  # noqa: A002 - it is the id in the page
) -> SafeString:
    return _component(
        "summary_card",
        content=content,
        title=title,
        heading=f"h{level}",
        title_id=_id(id, title),
    )


@register.simple_block_tag(end_name="endempty")
def empty(content: str, title: str, *, level: int = 2) -> SafeString:
    return _component(
        "empty",
        content=content,
        title=title,
        heading=f"h{level}",
        title_id=_id("", title),
    )


@register.simple_block_tag(end_name="endtable_scroll")
def table_scroll(content: str, label: str) -> SafeString:
    return format_html(
        '<div class="app-scroll" role="region" aria-label="{}" tabindex="0">{}</div>',
        label,
        content,
    )


@register.simple_block_tag(end_name="endconfirm")
def confirm(content: str, title: str, *, level: int = 2) -> SafeString:
    """Return the panel shown when something is done."""
    return _component(
        "confirm",
        content=content,
        title=title,
        heading=f"h{level}",
        tick=DRAWINGS["tick"],
        title_id=_id("", title),
    )

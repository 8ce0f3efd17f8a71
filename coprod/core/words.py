"""Papers and minutes are Markdown; what reaches a page or a PDF is cleaned on the way out."""

import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {
    *("p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "hr"),
    *("h3", "h4", "h5", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"),
}
# Marks that flip or hide the reading direction of what follows: names and notes must not carry
# their effect into the rest of the page.
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
# Unicode's Cc and Cs, but for the tab and the newline.
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
_UNTIDY = re.compile(f"[{_DIRECTION}{_CONTROL}]")


# The same minutes and papers are read again and again; what comes out depends on the text alone.
@lru_cache(maxsize=256)
def render_markdown(text: str) -> SafeString:
    """Return cleaned HTML. Headings start at level 3, because the page owns 1 and 2."""
    html = _MARKDOWN.render(tidy(text))
    html = re.sub(r"<(/?)h([12])>", lambda m: f"<{m[1]}h3>", html)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "th": {"align"}, "td": {"align"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    clean = clean.replace("<th>", '<th scope="col">')
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it against an allow-list


def as_plain_text(text: str) -> str:
    """Return Markdown as it is read in a letter or out loud: no marks, and quotes in quotation marks."""
    lines = []
    for line in tidy(text).split("\n"):
        bare = re.sub(r"(\*\*|__)(.+?)\1", r"\2", line.strip())
        if quote := re.fullmatch(r">\s*(.+)", bare):
            bare = f"“{quote[1].strip('“”')}”"
        bare = re.sub(r"^#{1,6}\s+", "", bare)
        lines.append(re.sub(r"^[*+-]\s+", "• ", bare))
    return "\n".join(lines)


def tidy(text: str) -> str:
    """Return the text with one kind of newline and no direction overrides or control characters."""
    return _UNTIDY.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))

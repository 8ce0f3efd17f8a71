"""What no template may do, and the words our pages are written in."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
_COMMENTS = re.compile(
    r"{#.*?#}|{% comment .*?%}.*?{% endcomment %}|<!--.*?-->", re.DOTALL
)
_TAGS = re.compile(r"{%.*?%}|</?(?:strong|em|b|a|span|abbr|br)\b[^>]*>", re.DOTALL)
_BLOCKS = re.compile(r"<[^>]+>", re.DOTALL)
# Words that put the blame on people or belong to another trade (COMMON words of the house).
_BANNED = re.compile(
    r"\b(submit\w*|outstanding|incomplete|failed to attend|non-attendance|vulnerable|hard to reach"
    r"|service users?|cases?\b(?<!in case)(?<!that case)|users?)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 25


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def _source(path: Path) -> str:
    return _COMMENTS.sub("", path.read_text())


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=_name)


@pytest.mark.parametrize(
    "path", [*TEMPLATES, *sorted((ROOT / "templates").rglob("*.txt"))], ids=_name
)
def test_a_template_compiles(path: Path) -> None:
    get_template(_name(path))


@every_template
def test_a_template_compares_no_state_with_a_word(path: Path) -> None:
    # The words that the step component takes are its own, not a row's.
    found = re.findall(
        r"{%\s*(?:el)?if [^%]*(?<!step.)(?:state|status|outcome)\s*[!=]=\s*[\"'][^%]*%}",
        _source(path),
    )
    assert not found, "Give the model or the view a property with a name"


@every_template
def test_a_template_holds_no_style_or_script_of_its_own(path: Path) -> None:
    if _name(path).startswith(("emails/", "pdf/", "account/email/")):
        return  # read by mail programs and the PDF maker, which take nothing else
    source = _source(path)
    assert not re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", source)
    assert not re.findall(
        r"<script(?![^>]*\b(?:src|nonce|type=\"application/json\"))", source
    )


@every_template
def test_a_template_asks_nobody_for_a_role(path: Path) -> None:
    # What somebody may do is asked of the permissions, in the view.
    found = re.findall(
        r"{%\s*(?:el)?if [^%]*(?:\broles?\b|is_superuser|is_staff\b)[^%]*%}",
        _source(path),
    )
    assert not found, "Give the view a name for what she may do"


@every_template
def test_a_template_trusts_no_text_and_names_what_it_closes(path: Path) -> None:
    source = _source(path)
    assert not re.findall(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off", source)
    assert not re.findall(r"{%-?\s*endblock\s*-?%}", source), "Say which block ends"


@every_template
def test_a_form_that_changes_something_carries_its_keys(path: Path) -> None:
    for form in re.findall(
        r"<form\b[^>]*method=\"post\".*?(?:</form>|$)", _source(path), re.DOTALL
    ):
        assert "csrf_token" in form or "crispy" in form
        if not _name(path).startswith(("account/", "mfa/", "allauth/")):
            assert "form_key" in form or "crispy" in form


def sentences(path: Path) -> list[str]:
    """Return the sentences of a template; what is filled in counts as one word."""
    inline = _TAGS.sub(" ", re.sub(r"{%\s*(?:end)?block\b.*?%}", "<p>", _source(path)))
    lines = _BLOCKS.sub(".\n", re.sub(r"{{.*?}}", "X", inline, flags=re.DOTALL))
    return [
        " ".join(line.split())
        for line in re.split(r"(?<=[.?!:])\s", lines)
        if line.split()
    ]


@every_template
def test_a_sentence_is_short(path: Path) -> None:
    long = [line for line in sentences(path) if len(line.split()) > _MOST_WORDS]
    assert not long, "\n".join(long)


@every_template
def test_a_page_uses_plain_and_kind_words(path: Path) -> None:
    said = [
        (found[0], line)
        for line in sentences(path)
        for found in _BANNED.findall(line)
        if found
    ]
    assert not said


def test_the_checks_of_words_find_what_they_look_for(tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(f"<p>{'word ' * 26}.</p><p>Your claim is <b>incomplete</b>.</p>")
    found = sentences(path)
    assert max(len(line.split()) for line in found) > _MOST_WORDS
    assert any(_BANNED.search(line) for line in found)

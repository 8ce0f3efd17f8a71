import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.urls import Resolver404, resolve
from django.utils.safestring import mark_safe

from coprod.core import context_processors
from coprod.core.enums import Role
from coprod.core.templatetags import components


def render(source, **context):
    return engines["django"].from_string(source).render(context)


@pytest.fixture
def gallery(client, settings, db):
    settings.DEMONSTRATION = True
    return lambda query="": client.get(f"/demonstration/gallery/{query}")


def test_gallery_shows_every_component(gallery):
    source = Path(settings.BASE_DIR, "templates/core/gallery.html").read_text("utf-8")
    known = engines["django"].engine.template_builtins[-1].tags

    response = gallery()

    assert response.status_code == 200
    assert [name for name in sorted(known) if f"{{% {name} " not in source] == []


def test_gallery_with_errors_says_so_in_title_and_summary(gallery):
    html = gallery("?wrong").content.decode()

    assert "<title>Error: Every component" in html
    targets = re.findall(r'<li><a href="#([^"]+)"', html)
    assert len(targets) == 11
    assert [target for target in targets if f'id="{target}"' not in html] == []


def test_gallery_is_for_the_demonstration_only(client, settings, db):
    settings.DEMONSTRATION = False

    assert client.get("/demonstration/gallery/").status_code == 404


def test_every_id_in_the_gallery_is_used_once(gallery):
    ids = re.findall(r'\sid="([^"]+)"', gallery().content.decode())

    assert sorted(name for name in set(ids) if ids.count(name) > 1) == []


def test_no_page_of_ours_has_inline_script_or_style():
    inline = re.compile(
        r'<style|\sstyle="|\son\w+="|<script(?![^>]*\b(src|type="application/json"))'
    )
    found = [
        str(path)
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        if not {"emails", "pdf"} & set(path.parts)
        and inline.search(path.read_text("utf-8"))
    ]

    assert found == []


def test_words_that_somebody_typed_are_escaped_in_every_component():
    typed = "<b>x</b>"
    for source in (
        "{% panel t %}{{ t }}{% endpanel %}",
        "{% hero title=t kicker=t %}{{ t }}{% endhero %}",
        "{% note t %}{{ t }}{% endnote %}",
        "{% facts %}{% fact t %}{{ t }}{% endfact %}{% endfacts %}",
        "{% steps %}{% step t %}{{ t }}{% endstep %}{% endsteps %}",
        "{% words kicker=t by=t %}{{ t }}{% endwords %}",
        "{% reply kicker=t by=t %}{{ t }}{% endreply %}",
        "{% ticks %}{% tick %}{{ t }}{% endtick %}{% endticks %}",
        "{% count 1 t t %}{{ t }}{% endcount %}",
        "{% decision t how=t %}{{ t }}{% enddecision %}",
        "{% summary_row t change_url=t change=t %}{{ t }}{% endsummary_row %}",
        "{% summary_card t %}{{ t }}{% endsummary_card %}",
        "{% empty t %}{{ t }}{% endempty %}",
        "{% confirm t %}{{ t }}{% endconfirm %}",
        "{% table_scroll t %}{{ t }}{% endtable_scroll %}",
        "{% flag t %}{% tag t t %}{% avatar t 1 %}{% back_link t t %}{% breadcrumbs t t %}",
        '{% document_progress state="ready" title=t url=t note=t %}',
    ):
        html = render(source, t=typed)
        # The page's own bold words are in some of these; the typed ones never are.
        assert "<b>x" not in html, source


def test_dots_stand_for_people_until_there_are_too_many():
    assert render("{% dots yes=2 no=1 waiting=1 %}").count("<path") == 4
    assert 'width="120"' in render("{% dots yes=1 of=6 %}")
    assert render("{% dots yes=500 %}") == ""
    assert render("{% dots %}") == ""


def test_step_says_in_words_what_its_marker_shows():
    html = render(
        '{% step "Sent" state="done" %}{% endstep %}{% step "Checked" state="now" %}{% endstep %}'
    )

    assert '<span class="govuk-visually-hidden">Done: </span>' in html
    assert '<span class="govuk-visually-hidden">Now: </span>' in html


def test_pagination_keeps_the_rest_of_the_address(gallery):
    html = gallery("?page=2&q=tech").content.decode()

    assert 'href="?page=1&amp;q=tech"' in html
    assert 'href="?page=3&amp;q=tech"' in html
    assert "Page 2 of 3" in html


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_menu_of_six_at_most_that_starts_at_its_first_page(role):
    entries = context_processors.menu_entries(frozenset({role}))

    assert entries[0][1] == "/"
    assert 2 <= len(entries) <= 8


def test_several_roles_share_one_menu_without_doubles():
    roles = frozenset({Role.INVOLVEMENT, Role.FINANCE, Role.MEMBER})
    entries = context_processors.menu_entries(roles)
    addresses = [address for _label, address, _name in entries]

    assert entries[0][0] == "Today"
    assert len(addresses) == len(set(addresses))


ENTRIES = {
    value
    for value in vars(context_processors).values()
    if isinstance(value, tuple) and len(value) == 3 and str(value[1]).startswith("/")
}


@pytest.mark.parametrize("entry", sorted(ENTRIES), ids=lambda entry: entry[2])
def test_every_menu_address_is_the_page_it_names(entry):
    _label, address, name = entry

    try:
        found = resolve(address).view_name
    except Resolver404:
        found = "no page"

    assert found == name


def test_a_remembered_piece_never_takes_typed_words_for_markup():
    marked = components.tag(mark_safe("<b>Late</b>"))
    typed = components.tag("<b>Late</b>")

    assert "<b>Late</b>" in marked
    assert "&lt;b&gt;Late&lt;/b&gt;" in typed

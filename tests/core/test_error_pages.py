import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from coprod.core import views


@pytest.fixture
def request_from_nobody():
    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize(
    ("view", "status", "heading"),
    [
        (views.bad_request, 400, "We could not read that"),
        (views.forbidden, 403, "You cannot do this here"),
        (views.not_found, 404, "We cannot find that page"),
        (views.server_error, 500, "Sorry, something is wrong at our end"),
        (views.csrf_failure, 403, "This page was open too long"),
    ],
)
def test_error_page_needs_no_database_and_says_how_to_get_help(
    request_from_nobody, settings, view, status, heading
):
    response = view(request_from_nobody)

    html = response.content.decode()
    assert response.status_code == status
    assert html.count("<h1") == 1
    assert heading in html
    assert settings.HELP_PHONE in html
    assert f"– {settings.SERVICE_NAME}</title>" in html


def test_error_page_of_a_fault_gives_the_number_of_the_request(request_from_nobody):
    request_from_nobody.id = "1234abcd-1234"

    html = views.server_error(request_from_nobody).content.decode()

    assert "1234abcd-1234" in html


def test_refusal_page_gives_the_reason_it_was_given(request_from_nobody):
    reason = "You helped with this claim, so somebody else has to approve it."

    html = render_to_string("errors/403.html", {"reason": reason}, request_from_nobody)

    assert reason in html


@pytest.mark.parametrize("name", ["help", "accessibility", "privacy", "cookies"])
def test_text_page_is_short_enough_to_read(request_from_nobody, name):
    html = render_to_string(f"home/{name}.html", {}, request_from_nobody)

    assert html.count("<h1") == 1
    assert sentences_over_25_words(html) == []


def test_accessibility_statement_claims_no_more_than_was_tested(request_from_nobody):
    html = render_to_string("home/accessibility.html", {}, request_from_nobody)

    assert "not yet tested with people who use assistive technology" in html
    assert "we do not say that we meet it" in html


def sentences_over_25_words(html):
    main = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
    text = re.sub(r"</(p|li|h1|h2|td|th|dd|dt|caption|div)>", ". ", main)
    text = re.sub(r"<[^>]+>", " ", text)
    found = re.split(r"[.?!:](?:\s|$)", text)
    return [words for words in found if len(words.split()) > 25]


def test_every_template_of_ours_compiles():
    engine = engines["django"]
    names = [
        f"{folder}/{path.name}"
        for folder in ("errors", "home", "layouts", "_components", "coprod", "account")
        for path in sorted((engine.engine.dirs[0] / folder).glob("*.html"))
    ]

    assert len(names) > 50
    for name in names:
        engine.get_template(name)

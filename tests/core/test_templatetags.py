import datetime as dt
import re
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from coprod.core.templatetags import coprod as tags

AT_TEN = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
AT_NOON = dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC)


def render(source, request=None, **context):
    return engines["django"].from_string(source).render(context, request)


def asked(method="get", path="/", data=None):
    request = getattr(RequestFactory(), method)(path, data)
    request.user = AnonymousUser()
    return request


def test_dates_and_times_are_written_in_full():
    assert render("{{ at|long_date }}", at=AT_TEN) == "Tuesday 3 November 2026"
    assert (
        render("{{ at|long_datetime }}", at=AT_TEN) == "Tuesday 3 November 2026 at 10am"
    )
    assert render("{{ at|short_date }}", at=AT_TEN) == "Tue 3 Nov"
    assert render("{{ at|time_range:end }}", at=AT_TEN, end=AT_NOON) == "10am to 12pm"
    assert render("{{ at|clock }}", at=dt.time(0)) == "midnight"


def test_amounts_and_lengths_are_written_as_people_say_them():
    assert render("{{ 9102|pounds }}") == "£91.02"
    assert render("{{ 0|pounds }}") == "£0.00"
    assert render("{{ 195|duration }}") == "3 hours 15 minutes"
    assert render('{{ 1|plural:"letter,letters" }}') == "1 letter"
    assert render('{{ 1200|plural:"letter,letters" }}') == "1,200 letters"


@pytest.mark.parametrize(
    "name",
    [
        "long_date",
        "long_datetime",
        "short_date",
        "clock",
        "pounds",
        "duration",
        "initials",
    ],
)
def test_nothing_is_written_for_nothing(name):
    assert render("{{ empty|" + name + " }}", empty=None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Marian Okafor", "MO"),
        ("Li Na Chen", "LC"),
        ("Dot", "D"),
        ("", ""),
        ("(Dot) Hargreaves", "H"),
        ("élan vital", "ÉV"),
    ],
)
def test_initials_are_the_first_and_the_last(name, letters):
    assert tags.initials(name) == letters


def test_avatar_has_the_same_colour_for_the_same_person():
    assert tags.avatar_class(6) == tags.avatar_class(6) == "app-avatar app-avatar--3"
    assert tags.avatar_class(None) == "app-avatar"


def test_masked_address_shows_the_first_letter_and_the_inbox():
    assert tags.masked_email("okafor@example.org") == "o•••••@example.org"
    assert tags.masked_email("nothing") == ""


def test_markdown_is_cleaned_on_its_way_to_the_page():
    html = render("{{ text|markdown }}", text="**yes** <script>alert(1)</script>")

    assert "<strong>yes</strong>" in html
    assert "<script>" not in html


def key_in(html):
    return re.search(r'name="form_key" value="([^"]+)"', html)[1]


def test_form_key_is_new_for_each_form():
    html = render("{% form_key %}", request=asked())

    assert uuid.UUID(key_in(html))
    assert key_in(html) != key_in(render("{% form_key %}", request=asked()))


def test_form_key_is_kept_when_a_post_is_shown_again():
    key = str(uuid.uuid4())
    request = asked("post", "/claims/", {"form_key": key})

    assert key_in(render("{% form_key %}", request=request)) == key


def test_form_key_of_another_address_is_not_reused():
    key = str(uuid.uuid4())
    request = asked("post", "/claims/", {"form_key": key})

    assert key_in(render('{% post_button "Yes" "/other/" %}', request=request)) != key


def test_form_key_that_came_from_outside_is_escaped():
    request = asked("post", "/", {"form_key": '"><script>'})

    assert "<script>" not in render("{% form_key %}", request=request)


def test_post_button_says_what_it_is_about_to_those_who_cannot_see():
    html = render(
        '{% post_button "Mark as posted" "/x/" about=who %}',
        request=asked(),
        who="the letter to <Dot>",
    )

    assert (
        '<span class="govuk-visually-hidden"> the letter to &lt;Dot&gt;</span>' in html
    )
    assert 'action="/x/" method="post"' in html
    assert re.search(r'name="csrfmiddlewaretoken" value="\w+"', html)


def test_breadcrumbs_need_an_address_for_each_label():
    html = render('{% breadcrumbs "Home" "/" "Meetings" "/meetings/" %}')

    assert html.index('href="/">Home') < html.index('href="/meetings/">Meetings')
    with pytest.raises(ValueError, match="zip"):
        render('{% breadcrumbs "Home" "/" "Meetings" %}')


def test_unknown_icon_and_unknown_argument_fail_at_once():
    with pytest.raises(KeyError):
        render('{% icon "unicorn" %}')
    with pytest.raises(TemplateSyntaxError, match="colour"):
        render('{% panel "Title" colour="red" %}{% endpanel %}')

import datetime as dt
from decimal import Decimal

import pytest
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from coprod.core import formpack


def sentences(field, value):
    """Return what is wrong, in words; anything but a refusal goes through."""
    try:
        field.clean(value)
    except ValidationError as caught:
        return list(caught.messages)
    return []


def render(source, **context):
    return engines["django"].from_string(source).render(context)


def refusal(field, value):
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return caught.value.messages


@pytest.mark.parametrize(
    ("boxes", "date"),
    [
        (["3", "11", "2026"], dt.date(2026, 11, 3)),
        ([" 03 ", " 11", "2026 "], dt.date(2026, 11, 3)),
        (["3", "November", "2026"], dt.date(2026, 11, 3)),
        (["3", "nov", "2026"], dt.date(2026, 11, 3)),
        (["29", "2", "2028"], dt.date(2028, 2, 29)),
        (["３", "11", "2026"], dt.date(2026, 11, 3)),
    ],
)
def test_date_is_read_however_it_is_typed(boxes, date):
    assert formpack.DateField(label="Day").clean(boxes) == date


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (
            ["31", "2", "2026"],
            "Date must be a real date, like 27 3 2026. February 2026 has 28 days.",
        ),
        (["32", "1", "2026"], "Date must be a real date, like 27 3 2026"),
        (["0", "1", "2026"], "Date must be a real date, like 27 3 2026"),
        (["3", "13", "2026"], "Date must have a real month, like 3 or March"),
        (["3", "m", "2026"], "Date must have a real month, like 3 or March"),
        (["3", "11", "26"], "Date must have a year with 4 numbers, like 2026"),
        (["3", "11", "1026"], "Date must be a real date, like 27 3 2026"),
        (["3", "", "2026"], "Date must have a month, like 27 3 2026"),
        (["", "", "2026"], "Date must have a day and a month, like 27 3 2026"),
        (["-3", "11", "2026"], "Date must be a real date, like 27 3 2026"),
        (["9" * 5000, "1", "2026"], "Date must be a real date, like 27 3 2026"),
        (
            ["3", "11", "2\x0026"],
            "Date has a character we cannot keep. Please type it again.",
        ),
        (["", "", ""], "Fill in “Day”"),
    ],
)
def test_date_that_is_wrong_gets_one_clear_sentence(boxes, sentence):
    assert refusal(formpack.DateField(label="Day"), boxes) == [sentence]


def test_date_starts_its_sentences_with_the_word_it_is_given():
    field = formpack.DateField(
        label="When did you travel?", noun="The day you travelled"
    )

    assert refusal(field, ["1", "1", ""]) == [
        "The day you travelled must have a year, like 27 3 2026"
    ]


def test_date_outside_its_limits_says_the_limit_in_full():
    field = formpack.DateField(
        label="Day", earliest=dt.date(2026, 11, 3), latest=lambda: dt.date(2026, 11, 5)
    )

    assert refusal(field, ["2", "11", "2026"]) == [
        "Date must be Tuesday 3 November 2026 or later"
    ]
    assert refusal(field, ["6", "11", "2026"]) == [
        "Date must be Thursday 5 November 2026 or earlier"
    ]
    assert field.clean(["5", "11", "2026"]) == dt.date(2026, 11, 5)


def test_optional_date_left_empty_is_no_date():
    assert formpack.DateField(label="Day", required=False).clean(["", "", ""]) is None


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("10am", dt.time(10)),
        ("10 AM", dt.time(10)),
        ("2.30pm", dt.time(14, 30)),
        ("2:30 p.m.", dt.time(14, 30)),
        ("14:30", dt.time(14, 30)),
        ("1430", dt.time(14, 30)),
        ("10.15", dt.time(10, 15)),
        ("02:30", dt.time(2, 30)),
        ("noon", dt.time(12)),
        ("12am", dt.time(0)),
    ],
)
def test_time_is_read_however_it_is_typed(typed, time):
    assert formpack.TimeField(label="Start").clean(typed) == time


@pytest.mark.parametrize("typed", ["2.30", "10", "6:00"])
def test_time_that_could_be_night_or_afternoon_is_asked_about(typed):
    assert refusal(formpack.TimeField(label="Start"), typed) == [
        "Time must say am or pm, like 10am or 2.30pm"
    ]


@pytest.mark.parametrize(
    "typed", ["25:00", "13pm", "10.75am", "soon", "0am", "12:61", "-3pm"]
)
def test_time_that_does_not_exist_is_refused(typed):
    assert refusal(formpack.TimeField(label="Start"), typed) == [
        "Time must be a time, like 10am or 2.30pm"
    ]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12.50", "12.50"),
        ("£12.5", "12.50"),
        (" 12 ", "12.00"),
        ("1,250.00", "1250.00"),
        ("50p", "0.50"),
        (".5", "0.50"),
    ],
)
def test_money_is_read_however_it_is_typed(typed, amount):
    assert formpack.MoneyField(label="Parking").clean(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "Amount cannot be less than 0"),
        ("0", "Amount must be £0.01 or more"),
        ("1000000000", "Amount must be £9,999.99 or less"),
        ("9" * 400, "Amount must be £9,999.99 or less"),
        ("1e9", "Amount must be a number, like 12.50"),
        ("NaN", "Amount must be a number, like 12.50"),
        ("Infinity", "Amount must be a number, like 12.50"),
        ("twelve", "Amount must be a number, like 12.50"),
        ("12,50", "Amount must have a full stop, not a comma, like 12.50"),
        ("12.505", "Amount can have 2 numbers after the full stop, like 12.50"),
        ("", "Fill in “Parking”"),
    ],
)
def test_money_that_is_wrong_gets_one_clear_sentence(typed, sentence):
    assert refusal(formpack.MoneyField(label="Parking"), typed) == [sentence]


def test_miles_keep_one_place_and_refuse_the_absurd():
    field = formpack.MilesField(label="Miles")

    assert field.clean("14.6 miles") == Decimal("14.6")
    assert refusal(field, "-4") == ["Miles cannot be less than 0"]
    assert refusal(field, "0") == ["Miles must be 0.1 or more"]
    assert refusal(field, "1000.1") == ["Miles must be 1,000 or less"]
    assert refusal(field, "14.65") == [
        "Miles can have 1 number after the full stop, like 14.6"
    ]
    assert refusal(field, "ten and a bit") == ["Miles must be a number, like 14.6"]


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("150", 150),
        ("2 hours 30", 150),
        ("2h 30m", 150),
        ("2 hours and 30 minutes", 150),
        ("1.5 hours", 90),
        ("45 mins", 45),
        ("2:30", 150),
        ("1 hour", 60),
    ],
)
def test_length_of_time_is_read_however_it_is_typed(typed, minutes):
    assert formpack.MinutesField(label="How long").clean(typed) == minutes


@pytest.mark.parametrize("typed", ["ages", "1.123 hours", "-5", "2 days", "h"])
def test_length_of_time_that_is_not_one_is_refused(typed):
    assert refusal(formpack.MinutesField(label="How long"), typed) == [
        "Time must be hours and minutes, like 2 hours 30 minutes"
    ]


def test_length_of_time_is_a_day_at_most():
    assert refusal(formpack.MinutesField(label="How long"), "25 hours") == [
        "Time must be 24 hours or less"
    ]


@given(st.text())
def test_no_text_makes_a_typed_field_fall_over(text):
    for field in (
        formpack.MoneyField(label="A"),
        formpack.MilesField(label="A"),
        formpack.MinutesField(label="A"),
        formpack.TimeField(label="A"),
        formpack.NumberField(label="A"),
        formpack.PhoneField(label="A"),
        formpack.EmailField(label="A"),
        formpack.PostcodeField(label="A"),
        formpack.TextField(label="A"),
    ):
        assert "Null characters are not allowed." not in sentences(field, text)


@given(st.lists(st.text(), min_size=3, max_size=3))
def test_no_text_makes_a_date_fall_over(boxes):
    assert "Null characters are not allowed." not in sentences(
        formpack.DateField(label="A"), boxes
    )


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\ufffeb", "a\x1bb"])
def test_text_with_a_character_that_cannot_be_kept_is_refused(bad):
    assert refusal(formpack.TextField(label="Name"), bad) == [
        "“Name” has a character we cannot keep. Please type it again."
    ]


def test_text_keeps_one_kind_of_line_break_and_loses_its_ends():
    assert formpack.LongTextField(label="Note").clean(" a\r\nb\rc \n") == "a\nb\nc"


def test_text_that_is_too_long_is_counted_and_not_cut():
    field = formpack.TextField(label="Name", max_length=1000)

    assert refusal(field, "x" * 1014) == [
        "“Name” can have 1,000 letters at most. It has 1,014."
    ]
    assert "maxlength" not in field.widget.attrs


def test_emoji_scripts_and_right_to_left_words_are_kept_as_typed():
    text = "<script>alert(1)</script> \U0001f600 \u05e9\u05dc\u05d5\u05dd"

    assert formpack.LongTextField(label="Note").clean(text) == text


def test_phone_number_is_kept_in_one_way_and_shown_as_people_write_it():
    field = formpack.PhoneField(label="Telephone")

    assert field.clean("(01632) 960 118") == "+441632960118"
    assert field.clean("+44 1632 960118") == "+441632960118"
    assert "960118" in field.prepare_value("+441632960118").replace(" ", "")
    assert refusal(field, "12") == [
        "Write the telephone number in full, like 01632 960 001"
    ]


def test_email_address_must_be_whole():
    field = formpack.EmailField(label="E-mail")

    assert field.clean(" marian@example.org ") == "marian@example.org"
    assert refusal(field, "marian@") == [
        "Write the e-mail address in full, like name@example.com"
    ]


def test_postcode_is_tidied_or_refused_with_an_example():
    field = formpack.PostcodeField(label="Postcode")

    assert field.clean("sw1a1aa") == "SW1A 1AA"
    assert refusal(field, "nowhere") == ["Write the postcode in full, like NS4 2QT"]


def test_choices_from_nowhere_are_refused():
    assert refusal(formpack.RadioField(label="A", choices=[("y", "Yes")]), "z") == [
        "Choose one of the answers on the page"
    ]
    assert refusal(formpack.SelectField(label="Group", choices=[("y", "Yes")]), "") == [
        "Choose from the list for “Group”"
    ]
    assert refusal(
        formpack.CheckboxesField(label="Needs", choices=[("y", "Yes")]), []
    ) == ["Choose at least one answer to “Needs”"]
    assert refusal(formpack.TickField(label="This is true"), False) == [
        "Tick the box: “This is true”"
    ]


def test_file_that_is_missing_or_empty_gets_a_sentence():
    field = formpack.FileField(label="Receipt", missing="Choose a photo of the receipt")

    assert refusal(field, None) == ["Choose a photo of the receipt"]
    assert refusal(field, SimpleUploadedFile("a.jpg", b"")) == [
        "The file is empty. Choose another one."
    ]


class TravelForm(formpack.Form):
    day = formpack.DateField(label="When did you travel?", label_size="m")
    miles = formpack.MilesField(
        label="How many miles?", hint="There and back", required=False
    )
    how = formpack.RadioField(
        label="How?",
        choices=[("car", "By car"), ("bus", "By bus")],
        hints={"bus": "Keep it"},
    )
    note = formpack.LongTextField(
        label="Note", max_length=20, count=True, required=False
    )


def sent(**values):
    return TravelForm(
        {"day_day": "31", "day_month": "2", "day_year": "2026", "miles": "ten"} | values
    )


def test_form_marks_only_the_box_that_is_wrong():
    html = render("{{ form }}", form=sent())

    assert html.count("govuk-input--error") == 2
    assert (
        'govuk-input--width-2 govuk-input--error" id="id_day_0" name="day_day"' in html
    )


def test_form_keeps_what_was_typed():
    html = render("{{ form }}", form=sent(note="a < b"))

    assert 'value="31"' in html
    assert 'value="ten"' in html
    assert "a &lt; b" in html


def test_form_ties_hints_and_errors_to_their_fields():
    html = render("{{ form }}", form=sent())

    assert 'aria-describedby="id_miles_helptext id_miles_error"' in html
    assert 'id="id_miles_helptext">There and back' in html
    assert 'aria-describedby="id_day_helptext id_day_error"' in html
    assert 'aria-describedby="id_how_1_hint"' in html
    assert 'aria-describedby="id_note-info"' in html


def test_error_summary_links_lead_to_the_first_thing_to_type_in():
    html = render("{% error_summary %}", form=sent())

    assert 'href="#id_day_0"' in html
    assert 'href="#id_miles"' in html
    assert 'href="#id_how_0"' in html
    body = render("{{ form }}", form=sent())
    for target in ("id_day_0", "id_miles", "id_how_0"):
        assert f'id="{target}"' in body


def test_error_summary_is_empty_until_a_form_is_sent():
    assert render("{% error_prefix %}{% error_summary %}", form=TravelForm()) == ""


def test_error_summary_gathers_every_form_on_the_page():
    first, second = sent(), TravelForm({"b-miles": "x"}, prefix="b")
    html = render("{% error_prefix %}{% error_summary %}", one=first, many=[second])

    assert html.startswith("Error: ")
    assert 'href="#id_day_0"' in html
    assert 'href="#id_b-miles"' in html


def test_refusal_of_the_whole_form_leads_to_its_first_field():
    form = TravelForm(
        {"day_day": "3", "day_month": "3", "day_year": "2026", "how": "car"}
    )
    assert form.is_valid()
    form.add_error(None, "You claimed for this meeting already")

    html = render("{% error_summary %}", form=form)

    assert '<a href="#id_day_0">You claimed for this meeting already</a>' in html


def test_optional_is_said_and_required_is_left_to_us():
    html = render("{{ form }}", form=TravelForm())

    assert "How many miles? (optional)" in html
    assert "When did you travel? (optional)" not in html
    assert " required" not in html


def test_label_that_somebody_typed_is_escaped():
    class Named(formpack.Form):
        answer = formpack.TextField(label="<b>Marian</b>", hint="<i>hint</i>")
        pick = formpack.RadioField(label="<u>x</u>", choices=[("a", "<s>y</s>")])

    html = render("{{ form }}{% error_summary %}", form=Named({}))

    assert not any(tag in html for tag in ("<b>M", "<i>h", "<u>x", "<s>y"))
    assert "&lt;b&gt;Marian" in html


def test_plain_django_field_comes_out_as_a_component():
    class Plain(forms.Form):
        choice = forms.ChoiceField(choices=[("a", "A")])
        words = forms.CharField(widget=forms.Textarea)
        tick = forms.BooleanField(required=False)

    html = render("{{ form }}", form=Plain({"choice": "z"}))

    assert "govuk-select govuk-select--error" in html
    assert "govuk-textarea govuk-textarea--error" in html
    assert "govuk-checkboxes__input" in html


def test_crispy_layout_uses_the_same_components():
    class Grouped(TravelForm):
        @property
        def helper(self):
            helper = super().helper
            helper.layout = Layout(
                Fieldset("Your journey", "day", "miles"), "how", "note"
            )
            return helper

    html = render("{% load crispy_forms_tags %}{% crispy form %}", form=Grouped())

    assert "Your journey" in html
    assert 'name="day_day"' in html
    assert "<form" not in html
    assert render(
        "{% load crispy_forms_tags %}{% crispy form %}", form=TravelForm()
    ).count("govuk-form-group") == render("{{ form }}", form=TravelForm()).count(
        "govuk-form-group"
    )


def test_form_page_carries_key_and_a_button_that_is_pressed_once():
    html = render(
        '{% form_page form button="Go on" cancel_url="/claims/" %}', form=TravelForm()
    )

    assert 'name="form_key"' in html
    assert 'method="post" novalidate' in html
    assert '<button class="govuk-button" type="submit">Go on</button>' in html
    assert '<a class="govuk-link" href="/claims/">Save it for later</a>' in html
    assert "multipart" not in html


def test_form_with_a_file_is_sent_whole():
    class WithFile(formpack.Form):
        receipt = formpack.FileField(label="Receipt")

    assert 'enctype="multipart/form-data"' in render(
        '{% form_page form button="Go on" %}', form=WithFile()
    )


def test_initial_values_are_shown_as_people_write_them():
    class Start(formpack.Form):
        day = formpack.DateField(label="Day", initial=dt.date(2026, 11, 3))
        time = formpack.TimeField(label="Time", initial=dt.time(14, 30))
        length = formpack.MinutesField(label="Length", initial=150)

    html = render("{{ form }}", form=Start())

    assert 'name="day_day" type="text" inputmode="numeric" value="3"' in html
    assert 'value="2.30pm"' in html
    assert 'value="2 hours 30 minutes"' in html

"""Every component on one page, for people who build pages and for the tests."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coprod.core import formpack
from coprod.core.access import public

_ANSWERS = [
    ("coming", "Yes, I am coming"),
    ("not", "No, not this time"),
    ("unsure", "Not sure"),
]


class GalleryForm(formpack.Form):
    """One field of each kind."""

    button = "Send my answer"
    name = formpack.TextField(
        label="What should we call you?", width=20, autocomplete="name"
    )
    email = formpack.EmailField(label="Your e-mail address", required=False)
    phone = formpack.PhoneField(label="Your telephone number", required=False)
    postcode = formpack.PostcodeField(label="Your postcode", required=False)
    coming = formpack.RadioField(
        label="Are you coming?",
        label_size="m",
        choices=_ANSWERS,
        hints={"unsure": "You can tell us later"},
    )
    how = formpack.RadioField(
        label="How will you join?",
        choices=[("room", "In the room"), ("video", "By video")],
        small=True,
        inline=True,
    )
    needs = formpack.CheckboxesField(
        label="What do you need?",
        choices=[("step", "A step-free room"), ("break", "A break")],
        required=False,
    )
    group = formpack.SelectField(
        label="Which group?", choices=[("t", "Technology at home")]
    )
    day = formpack.DateField(label="When did you travel?", latest=dt.date(2100, 1, 1))
    start = formpack.TimeField(label="When did it start?")
    length = formpack.MinutesField(
        label="How long did it take?", hint="Like 2 hours 30 minutes"
    )
    miles = formpack.MilesField(label="How many miles, there and back?")
    parking = formpack.MoneyField(label="How much was parking?", largest=Decimal(100))
    people = formpack.NumberField(label="How many people came?", largest=200)
    note = formpack.LongTextField(
        label="Anything new we should know?", required=False, max_length=300, count=True
    )
    receipt = formpack.FileField(
        label="A photo of the receipt", required=False, accept=".jpg"
    )
    agree = formpack.TickField(label="This is true")
    version = formpack.HiddenField(initial="1")


@public
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    if not settings.DEMONSTRATION:
        raise Http404
    wrong = "wrong" in request.GET
    context = {
        "form": GalleryForm({"name": "", "version": "1"} if wrong else None),
        "page": Paginator(range(60), 20).get_page(request.GET.get("page", "2")),
        "moment": dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC),
        "end": dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC),
        "words": "A **strong** word, and a [link](https://www.gov.uk/).",
    }
    return render(request, "core/gallery.html", context)

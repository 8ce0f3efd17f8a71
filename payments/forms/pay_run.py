import datetime as dt

from coprod.core import dates, formpack

# As far ahead as a pay run is ever planned; further is a slip of the finger.
_FURTHEST = dt.timedelta(days=92)


class BuildForm(formpack.Form):
    button = "Build the pay run"
    pay_date = formpack.DateField(
        label="The day people are paid",
        noun="The pay date",
        earliest=dates.today,
        latest=lambda: dates.today() + _FURTHEST,
    )


class ReleaseForm(formpack.Form):
    button = "Release the money"
    proof = formpack.HiddenField()
    total = formpack.MoneyField(
        label="Type the total you see in the file",
        noun="The total",
        missing="Type the total you see in the file",
        largest=99_999_999,
        width=10,
        autocomplete="off",
    )


class TakeApartForm(formpack.Form):
    button = "Take the run apart"
    reason = formpack.TextField(
        label="Why", hint="For example: one claim has to come out.", max_length=300
    )

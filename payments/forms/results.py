from coprod.core import formpack


class LoadResultsForm(formpack.Form):
    button = "Load the results"
    file = formpack.FileField(
        label="Results file from the ledger",
        hint=(
            "A CSV file with the columns supplier_number, invoice_number, amount, paid_date, "
            "payment_reference and status, in any order."
        ),
        accept=".csv,text/csv",
        missing="Choose the results file",
    )
    total = formpack.MoneyField(
        label="Total of the file",
        noun="The total",
        hint="If you know it, we check that the rows add up to it before anything is changed.",
        required=False,
        largest=99_999_999,
        width=10,
    )


class SettleForm(formpack.Form):
    button = "Mark as settled"
    note = formpack.TextField(
        label="What you found out and what was done",
        missing="Write what you found out and what was done",
        max_length=300,
    )


class ReissueForm(formpack.Form):
    button = "Make it ready to pay again"
    note = formpack.TextField(
        label="How you checked the details",
        hint="Ring a number we already had. For example: rang Marcus at home on Monday.",
        missing="Write how you checked the details, and with whom",
        max_length=300,
    )

from coprod.core import formpack


class ShowNumberForm(formpack.Form):
    button = "Show the supplier number"
    proof = formpack.HiddenField()
    reason = formpack.TextField(
        label="Why you need to see it",
        hint="The person can ask us who looked, and why.",
        missing="Say why you need to see the supplier number",
        max_length=300,
    )


class SetUpForm(formpack.Form):
    button = "Set up the payee"
    proof = formpack.HiddenField()
    supplier_number = formpack.TextField(
        label="Supplier number",
        noun="The supplier number",
        hint="As finance gave it, like 204417. Never a sort code or an account number.",
        missing="Write the supplier number",
        max_length=30,
        width=20,
        autocomplete="off",
    )


class StopForm(formpack.Form):
    button = "Stop paying to this number"
    proof = formpack.HiddenField()
    reason = formpack.TextField(
        label="Why", missing="Say why this payee is stopped", max_length=300
    )

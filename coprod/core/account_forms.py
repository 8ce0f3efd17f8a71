"""The sign-in library's forms in our words. What they check and do is the library's own."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm as TotpForm
from allauth.mfa.webauthn import forms as passkeys
from django import forms

from coprod.core import account_words
from coprod.core.formpack.rendering import Look


class CodeField(forms.CharField):
    """A code as people copy it: spaces between the numbers do not matter."""

    widget = forms.TextInput(
        attrs={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "spellcheck": "false",
            "class": "govuk-input--width-10 govuk-input--extra-letter-spacing",
        }
    )

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").split())


class PlainWords(forms.Form):
    """Give every field of a form our label, hint and sentence, and take its placeholder away."""

    use_required_attribute = False
    hints: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"] = CodeField()
        shown = [field for field in self.fields.values() if not field.widget.is_hidden]
        for name, field in self.fields.items():
            look = Look(label_size="m" if len(shown) == 1 else "s")
            field.look = look  # type: ignore[attr-defined]  # our BoundField reads it
            words = account_words.FIELDS.get(name)
            if words is None:
                continue
            field.label = words.label
            field.help_text = self.hints.get(name, words.hint)
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.pop("maxlength", None)
            field.error_messages["required"] = words.missing
            if isinstance(field, forms.EmailField):
                # One sentence for every way an address can be wrong.
                field.error_messages["invalid"] = words.missing
                field.validators = [validate_email_in_words]


def validate_email_in_words(value: str) -> None:
    try:
        forms.EmailField().clean(value)
    except forms.ValidationError:
        raise forms.ValidationError(
            account_words.EMAIL.missing, code="invalid"
        ) from None


class LoginForm(PlainWords, account.LoginForm):
    pass


class RequestLoginCodeForm(PlainWords, account.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(PlainWords, account.ConfirmLoginCodeForm):
    hints = {"code": account_words.EMAIL_CODE_HINT}


class ReauthenticateForm(PlainWords, account.ReauthenticateForm):
    pass


class ChangePasswordForm(PlainWords, account.ChangePasswordForm):
    pass


class SetPasswordForm(PlainWords, account.SetPasswordForm):
    pass


class ResetPasswordForm(PlainWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainWords, account.ResetPasswordKeyForm):
    pass


class AddEmailForm(PlainWords, account.AddEmailForm):
    pass


class AuthenticateForm(PlainWords, mfa.AuthenticateForm):
    hints = {"code": account_words.APP_CODE_HINT}


class ReauthenticateCodeForm(PlainWords, mfa.ReauthenticateForm):
    hints = {"code": account_words.APP_CODE_HINT}


class ActivateTotpForm(PlainWords, TotpForm):
    hints = {"code": "The 6 numbers your app shows now"}


class AddPasskeyForm(PlainWords, passkeys.AddWebAuthnForm):
    pass


class EditPasskeyForm(PlainWords, passkeys.EditWebAuthnForm):
    pass

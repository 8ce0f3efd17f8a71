"""The words of the sign-in pages, in place of the library's: its fields, hints and refusals."""

from typing import NamedTuple


class FieldWords(NamedTuple):
    label: str
    hint: str
    missing: str


EMAIL = FieldWords(
    "Your e-mail address",
    "",
    "Write your e-mail address in full, like name@example.com",
)
NEW_PASSWORD = FieldWords(
    "Your new password",
    "Use 12 letters or more. Three words that do not belong together are easy to remember.",
    "Choose a new password",
)
NEW_PASSWORD_AGAIN = FieldWords(
    "Your new password again", "", "Type your new password a second time"
)

FIELDS = {
    "login": EMAIL,
    "email": EMAIL,
    "password": FieldWords("Your password", "", "Type your password"),
    "oldpassword": FieldWords(
        "The password you have now", "", "Type the password you have now"
    ),
    "password1": NEW_PASSWORD,
    "password2": NEW_PASSWORD_AGAIN,
    "code": FieldWords(
        "Your code", "For example, 271 493", "Type the code of 6 numbers"
    ),
    "name": FieldWords(
        "A name for this passkey",
        "So that you can tell it from others",
        "Give the passkey a name",
    ),
    "passwordless": FieldWords(
        "Sign in with this passkey alone",
        "It must ask for your finger, your face or a number when you use it.",
        "",
    ),
}
EMAIL_CODE_HINT = (
    "For example, 271 493. You can copy and paste it. It works for 15 minutes."
)
APP_CODE_HINT = "The 6 numbers your app shows now, or one of your spare codes"

_TOO_MANY = "That was too many tries. Wait 5 minutes, then try again."
_WRONG_CODE = (
    "That code is not right. Check it and type it again, or ask for a new one."
)

ACCOUNT_REFUSALS = {
    "account_inactive": "This account is closed. Ring us and we will help.",
    "cannot_remove_primary_email": "You cannot remove the address that you sign in with.",
    "duplicate_email": "You already use this e-mail address.",
    "email_password_mismatch": "The e-mail address and the password do not belong together.",
    "email_taken": "Someone else uses this e-mail address here. Ring us and we will help.",
    "enter_current_password": "That is not the password you have now.",
    "incorrect_code": _WRONG_CODE,
    "incorrect_password": "That password is not right. Type it again.",
    "invalid_or_expired_key": "This link has been used, or is too old. Ask for a new one.",
    "invalid_login": "We could not sign you in. Check what you typed.",
    "invalid_password_reset": "This link has been used, or is too old. Ask for a new one.",
    "rate_limited": _TOO_MANY,
    "same_as_current": "This is the address you have now. Type a different one.",
    "too_many_login_attempts": _TOO_MANY,
    "unverified_primary_email": "We need to check the address that you sign in with first.",
}
MFA_REFUSALS = {
    "add_email_blocked": "Ring us to add an e-mail address to this account.",
    "cannot_delete_authenticator": "You cannot switch this off, because you need a second step.",
    "cannot_generate_recovery_codes": "Set up an app or a passkey first.",
    "incorrect_code": "That code is not right. Wait for the next one and type it again.",
    "unverified_email": "We need to check your e-mail address first.",
}

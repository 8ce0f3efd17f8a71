from django.urls import path, register_converter
from django.urls.converters import StringConverter

from groups.people.views import breaks, care, consent, me, moves, person, support


class PersonReference(StringConverter):
    """A reference like P-7KQ2-M4XR, so that /people/add/ is left to its own page."""

    regex = "P-[0-9A-Z-]{1,17}"


register_converter(PersonReference, "person")

app_name = "people"
urlpatterns = [
    path("people/", person.people_list, name="list"),
    path("people/<person:ref>/", person.detail, name="detail"),
    path("people/<person:ref>/contacts/add/", care.contact_add, name="contact-add"),
    path(
        "people/<person:ref>/contacts/<int:pk>/stop/",
        care.contact_stop,
        name="contact-stop",
    ),
    path(
        "people/<person:ref>/consents/<int:pk>/ask/",
        consent.consent_ask,
        name="consent-ask",
    ),
    path(
        "people/<person:ref>/consents/<int:pk>/withdraw/",
        consent.consent_withdraw,
        name="consent-withdraw",
    ),
    path("people/<person:ref>/edit/", person.edit, name="edit"),
    path("people/<person:ref>/history/", person.history, name="history"),
    path("people/<person:ref>/needs/add/", care.need_add, name="need-add"),
    path("people/<person:ref>/needs/<int:pk>/end/", care.need_end, name="need-end"),
    path("people/<person:ref>/own-words/", care.own_words, name="own-words"),
    path("people/<person:ref>/record/<slug:slug>/", moves.move, name="move"),
    path(
        "people/<person:ref>/supporters/add/",
        support.supporter_add,
        name="supporter-add",
    ),
    path(
        "people/<person:ref>/supporters/<int:pk>/end/",
        support.supporter_end,
        name="supporter-end",
    ),
    path("me/", me.me, name="me"),
    path("me/consents/<int:pk>/agree/", consent.my_consent, name="my-consent"),
    path(
        "me/consents/<int:pk>/withdraw/",
        consent.consent_withdraw,
        name="my-consent-withdraw",
    ),
    path("me/contacts/add/", care.contact_add, name="my-contact-add"),
    path("me/contacts/<int:pk>/stop/", care.contact_stop, name="my-contact-stop"),
    path("me/details/", person.edit, name="my-details"),
    path("me/needs/add/", care.need_add, name="my-need-add"),
    path("me/needs/<int:pk>/end/", care.need_end, name="my-need-end"),
    path("me/own-words/", care.own_words, name="my-own-words"),
    path("me/pause/", breaks.my_break, name="my-break"),
    path("me/pause/end/", breaks.come_back, name="my-come-back"),
    path("me/supporters/<int:pk>/end/", support.supporter_end, name="my-supporter-end"),
    path("me/who/", me.choose, name="choose"),
]

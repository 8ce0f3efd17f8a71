"""How a message begins and ends in the language its reader is written to in.

Staff write the rest in English, so a line says how to have it read out or sent in that language.
Nothing here tells whether somebody is a woman or a man. Before a language is added, look at its letters
in a PDF: what no typeface of ours has is printed as an empty box.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.html import format_html

from groups.people.enums import Language

RIGHT_TO_LEFT = frozenset({Language.ARABIC})
# Between these marks a name or number in Latin letters stands as one in a line that runs leftwards.
_APART = {
    "name": "\u2068{}\u2069",
    "service": "\u2068{}\u2069",
    "phone": "\u2066{}\u2069",
}


@dataclass(frozen=True)
class Words:
    """The words of one language, with the places for a name, our own name and our number."""

    salutation: str
    line: str
    closing: str


_WORDS: dict[str, Words] = {
    Language.ENGLISH: Words("Dear {name},", "", "With best wishes,"),
    Language.ARABIC: Words(
        "تحية طيبة إلى {name}،",
        "هذه الرسالة من {service} مكتوبة باللغة الإنجليزية. إذا أردتم أن نقرأها لكم أو نرسلها إليكم "
        "باللغة العربية، فاتصلوا على الرقم {phone}.",
        "مع أطيب التحيات،",
    ),
    Language.FRENCH: Words(
        "Bonjour {name},",
        "Ce message de {service} est en anglais. Si vous souhaitez qu’on vous le lise ou qu’on vous "
        "l’envoie en français, appelez le {phone}.",
        "Bien cordialement,",
    ),
    Language.POLISH: Words(
        "Dzień dobry, {name},",
        "Ta wiadomość od {service} jest po angielsku. Jeśli mamy ją Państwu przeczytać lub przysłać "
        "po polsku, prosimy zadzwonić pod numer {phone}.",
        "Z serdecznymi pozdrowieniami",
    ),
    Language.PORTUGUESE: Words(
        "Olá, {name},",
        "Esta mensagem de {service} está em inglês. Se preferir ouvi-la ou recebê-la em português, "
        "ligue para {phone}.",
        "Com os melhores cumprimentos,",
    ),
    Language.ROMANIAN: Words(
        "Bună ziua, {name},",
        "Acest mesaj de la {service} este în limba engleză. Dacă doriți să vi-l citim sau să vi-l "
        "trimitem în limba română, sunați la {phone}.",
        "Cu cele mai bune urări,",
    ),
    Language.SOMALI: Words(
        "Mudane/Marwo {name},",
        "Farriintan ka timid {service} waxay ku qoran tahay Af-Ingiriisi. Haddii aad rabto in "
        "laguugu akhriyo ama laguugu soo diro Af-Soomaali, wac {phone}.",
        "Salaan wanaagsan,",
    ),
    Language.SPANISH: Words(
        "Hola, {name}:",
        "Este mensaje de {service} está en inglés. Si prefiere que se lo leamos o se lo enviemos en "
        "español, llame al {phone}.",
        "Un cordial saludo,",
    ),
    Language.TURKISH: Words(
        "Sayın {name},",
        "{service} tarafından gönderilen bu mesaj İngilizcedir. Size Türkçe okunmasını veya Türkçe "
        "gönderilmesini isterseniz {phone} numaralı telefonu arayın.",
        "Saygılarımızla,",
    ),
    Language.UKRAINIAN: Words(
        "Доброго дня, {name}!",
        "Це повідомлення від {service} написане англійською. Якщо ви хочете, щоб його вам прочитали "
        "або надіслали українською, телефонуйте {phone}.",
        "З найкращими побажаннями,",
    ),
    Language.WELSH: Words(
        "Annwyl {name},",
        "Mae’r neges hon gan {service} yn Saesneg. Os hoffech i ni ei darllen i chi neu ei hanfon yn "
        "Gymraeg, ffoniwch {phone}.",
        "Cofion gorau,",
    ),
}


@dataclass(frozen=True)
class Greeting:
    """How one message begins and ends. The line is empty in English."""

    language: str
    salutation: str
    line: str
    closing: str

    @property
    def attributes(self) -> str:
        """Return what an HTML element of these words carries; nothing in English."""
        if self.language == Language.ENGLISH:
            return ""
        way = "rtl" if self.language in RIGHT_TO_LEFT else "ltr"
        return format_html(' lang="{}" dir="{}"', self.language, way)


def greeting_in(language: str, name: str) -> Greeting:
    """Return how a message to somebody of this name begins and ends in a language."""
    words = _WORDS[language]
    own = {
        "name": name,
        "service": settings.SERVICE_NAME,
        # A number stays in one line.
        "phone": settings.HELP_PHONE.replace(" ", "\u00a0"),
    }
    if language in RIGHT_TO_LEFT:
        own = {key: _APART[key].format(value) for key, value in own.items()}
    return Greeting(
        language=language,
        salutation=words.salutation.format(**own),
        line=words.line.format(**own),
        closing=words.closing,
    )

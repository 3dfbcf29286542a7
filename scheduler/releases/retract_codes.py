"""Why a release is taken down: a short fixed list, which people and the public register count and translate."""

from enum import StrEnum


class Code(StrEnum):
    """The reason of a retraction; whoever asks adds words of their own."""

    WRONG_FACT = "wrong-fact"  #: something in it is not so
    WRONG_WORDS = "wrong-words"  #: a slip, a translation that says something else
    WRONG_PLACE = "wrong-place"  #: the wrong account, audience or moment
    RIGHTS = "rights"  #: a picture, a text or a name that we may not use
    SAFETY = "safety"  #: it puts somebody in danger
    LEGAL = "legal"  #: a court, a regulator or the platform asks for it
    SUPERSEDED = "superseded"  #: a newer release says it better
    OTHER = "other"  #: what the words say


#: code -> language -> what the register and a report say.
SENTENCES: dict[Code, dict[str, str]] = {
    Code.WRONG_FACT: {"en": "A fact in it was wrong.", "fr": "Un fait était inexact.", "ar": "ورد فيه أمر غير صحيح."},
    Code.WRONG_WORDS: {
        "en": "Its wording was wrong.",
        "fr": "La formulation était erronée.",
        "ar": "كانت صياغته خاطئة.",
    },
    Code.WRONG_PLACE: {
        "en": "It went out in the wrong place or at the wrong moment.",
        "fr": "Il est paru au mauvais endroit ou au mauvais moment.",
        "ar": "نُشر في غير مكانه أو في غير وقته.",
    },
    Code.RIGHTS: {
        "en": "We did not have the right to publish part of it.",
        "fr": "Nous n'avions pas le droit d'en publier une partie.",
        "ar": "لم يكن لنا حق نشر جزء منه.",
    },
    Code.SAFETY: {
        "en": "It could have put somebody in danger.",
        "fr": "Il pouvait mettre quelqu'un en danger.",
        "ar": "كان قد يعرّض شخصًا للخطر.",
    },
    Code.LEGAL: {
        "en": "It was taken down for a legal reason.",
        "fr": "Il a été retiré pour un motif juridique.",
        "ar": "أُزيل لسبب قانوني.",
    },
    Code.SUPERSEDED: {
        "en": "A newer release takes its place.",
        "fr": "Une publication plus récente le remplace.",
        "ar": "حلّ محله منشور أحدث.",
    },
    Code.OTHER: {"en": "It was taken down.", "fr": "Il a été retiré.", "ar": "أُزيل."},
}

#: Codes after which the register still repeats what was said: saying it again harms nobody's safety or right.
REPEATED = frozenset(Code) - {Code.RIGHTS, Code.SAFETY, Code.LEGAL}

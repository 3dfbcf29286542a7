# ruff: noqa: RUF001 (other alphabets have letters that look like ours)
"""
Which of our languages a text is in: told from its commonest words where they say enough, else by a trained model.

The words are there for speed and for certainty: a text full of its own language's small words is in that language,
and the model, which takes half a second and 90 MB to load, is not even loaded for it.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from campaigns.errors import EnvironmentFault
from content.folding import fold

PINNED = "py3langid 0.4.0"  #: the model; another may judge otherwise, so it is part of every fingerprint
#: What the model calls our languages, where it has another name: Southern for Central Kurdish, the nearest it knows.
_CODES = {"ckb": "sdh"}
_LANGUAGES = ("en", "fr", "ar", "ckb", "ku", "fa", "ur", "ps", "tr", "ru", "so", "ha", "sw")
#: Small words that are common in one of our languages and are no words, or rare ones, in the others.
_SMALL = {
    "en": (
        "the of and to you is are that it for with not this be have has your they we from what who if or "
        "an as was will more than them their at any can do does our each when where there by but on in"
    ),
    "fr": (
        "le la les des et est une un du vous que qui dans pour pas ne sur avec nous au aux ce cette ils "
        "sont votre vos ou se de à en par plus d l c n s leur leurs quelque chaque tout aucun il elle on"
    ),
    "ar": (
        "في من على إلى أن التي الذي هذا هذه كل لا ما هو هي مع أو عن لم بعد قبل كان قد لن ذلك إذا عند بين "
        "أي أو ليس هل أكثر عبر ضد معا عنه لدى"
    ),
    "ckb": "لە و بە بۆ کە ئەم ئەو هەموو لەگەڵ دەکات بکە نەکە هەیە یان نییە ئەوەی پێش دوای",
    "ku": "û di de bi ji li ku ne ev ew her hev re dike bike nebe heye yan berî piştî xwe",
    "fa": "را که این است از به با برای آن می شود خود یا هر شما کنید نیست پیش هم های",
    "ur": "ہے ہیں کے کی کا میں سے اور نہیں کو پر یہ وہ کریں آپ ایک تو بھی نے اس",
    "ps": "د په چې دی دي کې له نه او ته کړئ سره دا هغه یې مخکې وي",
    "tr": "ve bir bu için ile da de değil çok gibi daha ne olan size siz kadar önce sonra var yok her",
    "ru": "и в не на что с по это как для из к у вы мы они если от за до кто или вам",
    "so": "waa ka la ku iyo oo u ay in uu aan waxaa ah loo ama haddii way si",
    "ha": "da na ta ba ga a ne ce su ya za ka kuma shi wani cikin domin idan daga ko",
    "sw": "na ya wa ni kwa za katika la si hii kuwa au kama yako wako kila cha baada kabla",
}
_SETS = {language: frozenset(fold(words).split()) for language, words in _SMALL.items()}
_WHOSE = {word: tuple(name for name, small in _SETS.items() if word in small) for word in chain(*_SETS.values())}
#: Letters that, of our languages, only this one writes: who writes them writes it.
_OWN_LETTERS = {
    "ckb": frozenset("ەێۆڵڕ"),
    "ps": frozenset("ټډړږښځڅڼۍ"),
    "ur": frozenset("ٹڈڑںے"),
    "ha": frozenset("ɓɗƙƴ"),
    "tr": frozenset("ğı"),
    "ru": frozenset("ыэъщ"),
}
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLE = re.compile("[وفبك]?ال|[وف]?لل")  #: Arabic writes its smallest word onto the next
_ENOUGH = 0.15  #: share of words that are small ones of a language, from which the text is in it
_FEWEST = 3  #: of them
_TIMES = 3  #: as many as of any other language


@dataclass(frozen=True)
class Verdict:
    """What a text was taken for. Probabilities are the model's, between our languages; 1 where words told."""

    language: str
    sure: float  #: how probable *language* is
    declared: float  #: how probable the language is that was asked about


def judge(text: str, language: str) -> Verdict:
    """Return which of our languages *text* is in, said to be in *language*."""
    if _full_of(text, language):
        return Verdict(language, 1.0, 1.0)
    ranked = dict(_model().rank(text))
    best = max(ranked, key=ranked.__getitem__)
    names = {code: name for name, code in _CODES.items()}
    return Verdict(names.get(best, best), ranked[best], ranked.get(_CODES.get(language, language), 0.0))


def known(language: str) -> bool:
    """Return whether *language*, a primary subtag, can be told from others."""
    return language in _LANGUAGES


def small(language: str) -> frozenset[str]:
    """Return the commonest small words of *language*, folded; none where they are not known."""
    return _SETS.get(language, frozenset())


def own_letters(text: str, language: str) -> int:
    """Return how many letters of *text* none but *language* writes, of our languages."""
    own = _OWN_LETTERS.get(language)
    return sum(letter in own for letter in text.lower()) if own else 0


def _full_of(text: str, language: str) -> bool:
    """Return whether *text* has so many small words of *language*, and so few of others, that no model is needed."""
    words = _WORD.findall(fold(text.lower()))
    counts = Counter(chain.from_iterable(_WHOSE[word] for word in words if word in _WHOSE))
    if language == "ar":
        counts["ar"] += sum(_ARTICLE.match(word) is not None for word in words)
    own = counts.pop(language, 0)
    return own >= _FEWEST and own >= _ENOUGH * len(words) and own >= _TIMES * max(counts.values(), default=0)


@lru_cache(maxsize=1)
def _model() -> Any:
    """
    Return the model, restricted to our languages.

    Raises:
        EnvironmentFault: If it cannot be unpacked, for which it wants some room in the folder of temporary files.
    """
    from py3langid import langid  # type: ignore[import-untyped]  # it says nothing of its types

    try:
        model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    except OSError as error:
        message = f"The model that tells languages cannot be unpacked: {error.strerror or error}."
        raise EnvironmentFault(
            message, "Make room where temporary files go, or name another folder in TMPDIR."
        ) from None
    model.set_languages([_CODES.get(each, each) for each in _LANGUAGES])
    return model

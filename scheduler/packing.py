# ruff: noqa: RUF001 (French and Arabic typography)
"""What stands on the checklist of a partner pack, in English, French and Arabic: a table, so that none is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from campaigns.clock import parse_iso
from scheduler.publisher import Delivery

#: An isolate keeps names, times and commands whole in a right-to-left line.
_LEFT_TO_RIGHT, _END = "\u2066", "\u2069"


@dataclass(frozen=True)
class Packed:
    """One file of a pack."""

    file: str  #: its name below the locale
    alt: str
    captions: str | None


@dataclass(frozen=True)
class Words:
    """The words of one language. Braces stand for what is filled in."""

    title: str
    account: str
    network: str
    not_before: str
    not_after: str
    headline: str
    text: str
    warning: str
    media: str
    captions: str
    check: str
    done: str
    never: str
    down: str
    isolated: bool  #: whether names need isolates


WORDS: dict[str, Words] = {
    "en": Words(
        title="Checklist for {}",
        account="Post from {} and from no other account.",
        network="Network: {}.",
        not_before="Post it at {}, not before.",
        not_after="After {} do not post it any more.",
        headline="Copy the headline from headline.txt.",
        text="Copy the text from text.txt, and change no letter: these are the words that were signed.",
        warning="Set this content warning: {}",
        media="Attach {}, and copy what stands under its name in alt.txt into the field for alternative text.",
        captions="Add the captions {} to it.",
        check="Read what readers see: the whole text, each picture, its alternative text, the link.",
        done="Record where it is: {}",
        never="If nobody will post it: {}",
        down="Cordiale cannot take this post down. Whoever posted it does that.",
        isolated=False,
    ),
    "fr": Words(
        title="Liste de contrôle pour {}",
        account="Publiez depuis {} et depuis aucun autre compte.",
        network="Réseau : {}.",
        not_before="Publiez le {}, pas avant.",
        not_after="Après le {}, ne publiez plus.",
        headline="Copiez le titre depuis headline.txt.",
        text="Copiez le texte depuis text.txt sans changer une lettre : ce sont les mots qui ont été signés.",
        warning="Indiquez cet avertissement de contenu : {}",
        media="Joignez {} et copiez ce qui figure sous son nom dans alt.txt dans le champ du texte alternatif.",
        captions="Ajoutez-y les sous-titres {}.",
        check="Relisez ce que voient les lecteurs : tout le texte, chaque image, son texte alternatif, le lien.",
        done="Enregistrez où il se trouve : {}",
        never="Si personne ne le publie : {}",
        down="Cordiale ne peut pas retirer cette publication. La personne qui l’a publiée s’en charge.",
        isolated=False,
    ),
    "ar": Words(
        title="قائمة التحقق لـ {}",
        account="انشر من الحساب {} ولا تنشر من أي حساب آخر.",
        network="الشبكة: {}.",
        not_before="انشره في {}، وليس قبل ذلك.",
        not_after="لا تنشره بعد {}.",
        headline="انسخ العنوان من {}.",
        text="انسخ النص من {} دون تغيير أي حرف: هذه هي الكلمات التي وُقِّعت.",
        warning="ضع تحذير المحتوى هذا: {}",
        media="أرفق {} وانسخ ما يرد تحت اسمه في الملف \u2066alt.txt\u2069 إلى حقل النص البديل.",
        captions="أضف إليه الترجمة النصية {}.",
        check="راجع ما يراه القراء: النص كاملًا، وكل صورة، ونصها البديل، والرابط.",
        done="سجّل مكان نشره: {}",
        never="إذا لم ينشره أحد: {}",
        down="لا يستطيع Cordiale سحب هذا المنشور. يسحبه من نشره.",
        isolated=True,
    ),
}


def checklist(language: str, delivery: Delivery, media: Sequence[Packed], network: str, zone: tzinfo | None) -> str:
    """Return the numbered checklist of *delivery* in *language*, one of `WORDS`; times in UTC, and in *zone* too."""
    words, outgoing = WORDS[language], delivery.outgoing

    def whole(text: str) -> str:
        return f"{_LEFT_TO_RIGHT}{text}{_END}" if words.isolated else text

    resolve = f"cordiale resolve {outgoing.name}"
    steps = [words.account.format(whole(outgoing.account))]
    steps += [words.network.format(whole(network))] if network else []
    steps.append(words.not_before.format(whole(_told(outgoing.due, zone))))
    steps += [words.not_after.format(whole(_told(outgoing.not_after, zone)))] if outgoing.not_after else []
    steps += [words.headline.format(whole("headline.txt"))] if delivery.piece.headline is not None else []
    steps.append(words.text.format(whole("text.txt")))
    steps += [words.warning.format(outgoing.content_warning)] if outgoing.content_warning else []
    for each in media:
        steps.append(words.media.format(whole(each.file)))
        steps += [words.captions.format(whole(each.captions))] if each.captions else []
    steps.append(words.check)
    steps.append(words.done.format(whole(f"{resolve} --published --url URL")))
    steps.append(words.never.format(whole(f"{resolve} --absent")))
    steps.append(words.down)
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return f"{words.title.format(whole(outgoing.name))}\n\n{numbered}\n"


def _told(instant: str, zone: tzinfo | None) -> str:
    at = parse_iso(instant)
    here = f"{_wall(at.astimezone(zone))} {zone}, " if zone else ""
    return f"{here}{_wall(at.astimezone(UTC))} UTC"


def _wall(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")

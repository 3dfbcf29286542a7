# ruff: noqa: ARG005, E501, RUF001, S311 (one shape of change; sentences in three alphabets; a seed is no secret)
"""Texts of a register in English, French and Arabic; what platforms make of them, and what forgers do."""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from random import Random
from urllib.parse import quote, urlsplit

from scheduler.register.entries import Entry, with_text

Change = Callable[[str, Random], str | None]  #: gives None where a text has nothing to do it to

LOCALES = ("en-GB", "fr-FR", "ar")
_WORDS = {
    "en-GB": {
        "who": "Daesh|The coalition|Iraqi forces|The UK and France|Local councils|Teachers in Mosul|Doctors in Raqqa|The police|Families from Sinjar|Engineers|Young Syrians|The court in Paris|Survivors|The partners|Farmers near Hawija|Aid workers|Schools|Journalists",
        "did": "lost|rebuilt|did not close|opened|never recovered|handed back|has not returned to|cleared|repaired|did not leave|supported|will not abandon|named|visited|counted|protects|can’t hold|reopened",
        "what": "villages|schools|hospitals|power lines|water stations|markets|clinics|bridges|libraries|checkpoints|archives|wells|homes|roads|bakeries|mosques|churches|workshops",
        "more": "“They promised a state and left mines,” she said.|Is that victory? No.|Nobody was paid.|The figure rose by 1.5% in May.|The temperature fell to −5 °C.|It isn't over; it is better.|Ask before you share!|1,234,567 people came home.|The trial starts at 18:30 on 12/01/2027.|See who signed… and who did not.|Call 0800 789 321 - it is free.|We’re with you 🕊️.",
    },
    "fr-FR": {
        "who": "Daech|La coalition|Les forces irakiennes|La France et le Royaume-Uni|Les conseils locaux|Des enseignants de Mossoul|Des médecins de Raqqa|La police|Des familles de Sinjar|Des ingénieurs|De jeunes Syriens|Le tribunal de Paris|Les survivants|Les partenaires|Des agriculteurs|Des humanitaires|Les écoles|Des journalistes",
        "did": "a perdu|a reconstruit|n’a pas fermé|a ouvert|n’a jamais retrouvé|a rendu|n’est pas revenu dans|a déminé|a réparé|ne quitte pas|a soutenu|n’abandonnera pas|a nommé|a visité|a compté|protège|ne tient plus|a rouvert",
        "what": "villages|écoles|hôpitaux|lignes électriques|stations d’eau|marchés|cliniques|ponts|bibliothèques|barrages|archives|puits|maisons|routes|boulangeries|mosquées|églises|ateliers",
        "more": "« Ils promettaient un État », dit-elle.|Est-ce une victoire ? Non.|Personne n’a été payé.|Le chiffre a augmenté de 1,5 % en mai.|La température est tombée à −5 °C.|Ce n’est pas fini : c’est mieux.|Vérifiez avant de partager !|1 234 567 personnes sont rentrées.|Le procès s’ouvre à 18 h 30 le 12/01/2027.|Voyez qui a signé… et qui non.|Appelez le 0 800 005 696 - c’est gratuit.|Nous sommes avec vous 🕊️.",
    },
    "ar": {
        "who": "داعش|التحالف|القوات العراقية|المملكة المتحدة وفرنسا|المجالس المحلية|معلمون في الموصل|أطباء في الرقة|الشرطة|عائلات من سنجار|المهندسون|شباب سوريون|محكمة باريس|الناجون|الشركاء|مزارعون|عمال الإغاثة|المدارس|الصحفيون",
        "did": "خسر|أعاد بناء|لم يغلق|افتتح|لن يستعيد|أعاد|لا يملك|أزال الألغام من|أصلح|لم يغادر|دعم|لن يتخلى عن|سمّى|زار|أحصى|يحمي|لا يسيطر على|أعاد فتح",
        "what": "قرية|مدرسة|مستشفى|خطوط كهرباء|محطات مياه|أسواق|عيادات|جسور|مكتبات|حواجز|أرشيفات|آبار|بيوت|طرق|مخابز|مساجد|كنائس|ورش",
        "more": "«وعدوا بدولة»، قالت.|هل هذا نصر؟ لا.|لم يُدفع لأحد.|ارتفع الرقم بنسبة ١٫٥٪ في مايو.|انخفضت الحرارة إلى −٥ درجات.|لم ينتهِ الأمر؛ لكنه أفضل.|تحقق قبل أن تشارك!|عاد ١٬٢٣٤٬٥٦٧ شخصًا.|تبدأ المحاكمة في 18:30 يوم 12/01/2027.|انظر من وقّع… ومن لم يوقّع.|اتصل على \u20660800 789 321\u2069 مجانًا.|نحن معكم 🕊️.",
    },
}
_LISTS = {locale: {key: words.split("|") for key, words in lists.items()} for locale, lists in _WORDS.items()}
_TAGS = {"en-GB": "#Daesh", "fr-FR": "#Daech", "ar": "#داعش"}


def text(number: int, locale: str, rng: Random) -> str:
    """Return the official text *number* in *locale*: three or four sentences, a tag, an account and a link."""
    lists = _LISTS[locale]

    def sentence() -> str:
        figure = f"{rng.randint(2, 9_999):,}" if locale == "en-GB" else str(rng.randint(2, 9_999))
        if locale == "ar":
            figure = figure.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        return f"{rng.choice(lists['who'])} {rng.choice(lists['did'])} {figure} {rng.choice(lists['what'])}."

    lines = [f"{sentence()} {rng.choice(lists['more'])}", sentence()]
    if rng.random() < 0.5:
        lines.append(rng.choice(lists["more"]))
    lines.append(f"{_TAGS[locale]} @stopdaesh@social.example")
    lines.append(
        f"https://www.facts.example.org/{locale.lower()}/{number}?id={number % 97}&utm_source=mastodon&utm_campaign=voices"
    )
    return "\n".join(lines)


def entry(number: int, said: str, locale: str = "en-GB", **changes: object) -> Entry:
    """Return entry *number* of a register, which says *said*."""
    values: dict[str, object] = {
        "id": f"00000000-0000-5000-8000-{number:012d}",
        "name": f"r{number}/{locale}/uk-mastodon",
        "campaign": f"voices-{number % 12}",
        "locale": locale,
        "direction": "rtl" if locale == "ar" else "ltr",
        "issuer": ("uk", "fr")[number % 2],
        "partners": ("uk", "fr"),
        "channel": {
            "id": f"uk-{locale[:2]}",
            "kind": "mastodon",
            "account": "@facts",
            "server": "https://social.example",
        },
        "link": f"https://social.example/@facts/{number}",
        "published": f"2027-{number % 12 + 1:02}-{number // 12 % 28 + 1:02}T{number % 24:02}:30:00Z",
        "zone": "Europe/Paris",
        "digest": f"{number:064x}",
        "parts": ({"headline": None, "text": said},),
        "text_digest": None,
        "warning": None,
        "media": (),
        "fingerprint": None,
        **changes,
    }
    return with_text(Entry(**values))  # type: ignore[arg-type]


def entries(n: int, seed: int = 1) -> list[Entry]:
    """Return *n* entries, every text another one, a third in each language."""
    rng = Random(seed)
    made = [entry(number, text(number, LOCALES[number % 3], rng), LOCALES[number % 3]) for number in range(n)]
    return sorted(made, key=lambda each: (each.published, each.id))


def plainest(said: str) -> str:
    """Return *said* as the crudest comparison sees it: letters composed, nothing blank, nothing more."""
    return "".join(unicodedata.normalize("NFC", said).split())


# What platforms do. Each leaves every word, figure, mark and address what it was.

_QUOTES = ("“{}”", '"{}"', "« {} »", "«{}»", "«\u202f{}\u202f»", "„{}“", "”{}”")
_LINK = re.compile(r"https://\S+")
_NAME = re.compile(r"@[\w.]+(?:@[\w.]+)?")


def _requoted(said: str, rng: Random) -> str | None:
    found = re.search(r"“([^”]*)”|«\s*([^»]*?)\s*»", said)
    if not found:
        return None
    return said[: found.start()] + rng.choice(_QUOTES).format(found[1] or found[2]) + said[found.end() :]


def _apostrophes(said: str, rng: Random) -> str | None:
    return said.replace("’", "'") if "’" in said else said.replace("'", "’") if "'" in said else None


def _linked(change: Callable[[str, Random], str]) -> Change:
    def done(said: str, rng: Random) -> str | None:
        found = _LINK.search(said)
        return said[: found.start()] + change(found[0], rng) + said[found.end() :] if found else None

    return done


def _presented(said: str, rng: Random) -> str | None:
    forms = {"ا": "\ufe8d", "د": "\ufea9", "و": "\ufeed", "ر": "\ufead", "ل": "\ufedf", "م": "\ufee3"}
    return said.translate(str.maketrans(forms)) if any(letter in said for letter in forms) else None


def _escaped(said: str, rng: Random) -> str:
    escaped = html.escape(said, quote=bool(rng.getrandbits(1)))
    return escaped.replace("’", "&rsquo;").replace("é", "&#233;").replace("\u202f", "&#x202F;")


#: In the order in which they happen to a text.
PLATFORMS: dict[str, Change] = {
    "tracking dropped": _linked(lambda link, rng: link.partition("&utm")[0]),
    "tracking changed": _linked(lambda link, rng: link.replace("mastodon", "x") + "&fbclid=IwAR0x_y-z"),
    "scheme dropped": _linked(lambda link, rng: link.removeprefix("https://")),
    "www dropped": _linked(lambda link, rng: link.replace("://www.", "://")),
    "stroke at the end": _linked(lambda link, rng: link.replace("?", "/?", 1)),
    "wrapped": _linked(lambda link, rng: f"https://l.facebook.com/l.php?u={quote(link, safe='')}&h=AT0x"),
    "quotation marks": _requoted,
    "apostrophes": _apostrophes,
    "controls dropped": lambda said, rng: re.sub("[\u200e\u200f\u2066-\u2069]", "", said) if "\u2069" in said else None,
    "selectors dropped": lambda said, rng: said.replace("\ufe0f", "") if "\ufe0f" in said else None,
    "selectors added": lambda said, rng: said.replace("🕊", "🕊\ufe0f") if "🕊" in said and "\ufe0f" not in said else None,
    "dots": lambda said, rng: said.replace("…", "...") if "…" in said else None,
    "tag spoken": lambda said, rng: said.replace("#", "hashtag#"),
    "shapes of letters": _presented,
    "decomposed": lambda said, rng: unicodedata.normalize("NFD", said),
    "composed": lambda said, rng: unicodedata.normalize("NFC", said),
    "blanks doubled": lambda said, rng: said.replace(" ", "  "),
    "blanks that do not break": lambda said, rng: said.replace(" ", "\u00a0"),
    "narrow blanks": lambda said, rng: said.replace(" ", "\u202f"),
    "one line": lambda said, rng: said.replace("\n", " "),
    "lines apart": lambda said, rng: said.replace("\n", "\r\n\r\n"),
    "names isolated": lambda said, rng: _NAME.sub(lambda match: f"\u2068{match[0]}\u2069", said),
    "lines isolated": lambda said, rng: "\n".join(
        f"\u2068{line}\u2069" if line and "\u2069" not in line else line for line in said.splitlines()
    ),
    "entities": _escaped,
    "escaped twice": lambda said, rng: None if re.search("&#?[0-9a-zA-Z]+;", said) else html.escape(html.escape(said)),
    "blanks around": lambda said, rng: f"\n  {said} \t\n",
    "a mark at the start of the file": lambda said, rng: "\ufeff" + said if not said.isascii() else None,
}
#: What leaves the words and hides where an address leads: all found, and no word of official.
HIDING: dict[str, Change] = {
    "shortened": _linked(lambda link, rng: f"https://t.co/{''.join(rng.choices('abcdefXYZ0189', k=10))}"),
    "shown in part": _linked(lambda link, rng: link.removeprefix("https://www.")[: rng.randint(19, 25)] + "…"),
    "account without its server": lambda said, rng: said.replace("@stopdaesh@social.example", "@stopdaesh"),
}


def _cut(said: str, rng: Random, *, mark: Callable[[Random], str]) -> str | None:
    """Return *said* cut somewhere after its fifth word, as platforms cut: never inside a figure, a name or a link."""
    body = said.partition("\n#")[0]
    places = [match.end() for match in re.finditer(r"[^\W\d_]{2,}", body)]
    if len(places) < 8:
        return None
    place = rng.choice(places[6:-1])
    if re.match(r"[\w\u0300-\u036f\u064b-\u065f'’]|[.,٫٬]\w", body[place:]):
        place = body.rfind(" ", 0, place)
    return body[:place].rstrip("([«“\"' -−\u202f\u00a0\n") + mark(rng)


CUTTING: dict[str, Change] = {
    "cut": lambda said, rng: _cut(said, rng, mark=lambda r: r.choice(("…", "...", " …"))),
    "cut, and more": lambda said, rng: _cut(
        said,
        rng,
        mark=lambda r: r.choice(
            ("… Read more", "... See more", "… Lire la suite", "… Voir plus", "… المزيد", "… more")
        ),
    ),
    "first line": lambda said, rng: said.partition("\n")[0],
}


def mangled(said: str, rng: Random) -> tuple[str, str]:
    """Return *said* as a platform passes it on, and what it did."""
    done = []
    special = rng.random()
    table = CUTTING if special < 0.15 else HIDING if special < 0.3 else {}
    if table:
        name = rng.choice(list(table))
        if (changed := table[name](said, rng)) is not None:
            said = changed
            done.append(name)
    chosen = rng.sample(list(PLATFORMS), rng.randint(1, 3))
    for name, change in PLATFORMS.items():
        if name in chosen and (changed := change(said, rng)) is not None:
            said = changed
            done.append(name)
    return said, ", ".join(done)


# What forgers do. Each changes a word, a figure, a mark, an address, or something that cannot be seen.


def _at_word(change: Callable[[str, Random], str]) -> Change:
    def done(said: str, rng: Random) -> str | None:
        body, mark, rest = said.rpartition("\nhttps://")
        words = list(re.finditer(r"[^\W\d_]{3,}", body))
        if not words:
            return None
        word = rng.choice(words)
        return body[: word.start()] + change(word[0], rng) + body[word.end() :] + mark + rest

    return done


def _at(pattern: str, change: Callable[[re.Match[str], Random], str]) -> Change:
    compiled = re.compile(pattern)

    def done(said: str, rng: Random) -> str | None:
        body, mark, rest = said.rpartition("\nhttps://")
        found = list(compiled.finditer(body))
        if not found:
            return None
        match = rng.choice(found)
        return body[: match.start()] + change(match, rng) + body[match.end() :] + mark + rest

    return done


_LOOK_ALIKE = dict(zip("aeopcxyiABEHKMOPCTXاه3", "аеорсхуіАВЕНКМОРСТХٱہЗ", strict=True))
_LOOK_ALIKE["ي"] = "ی"
_OTHER_DIGITS = str.maketrans("0123456789٠١٢٣٤٥٦٧٨٩", "٠١٢٣٤٥٦٧٨٩0123456789")


def _look_alike(said: str, rng: Random) -> str | None:
    body, mark, rest = said.rpartition("\nhttps://")
    places = [place for place, letter in enumerate(body) if letter in _LOOK_ALIKE]
    if not places:
        return None
    place = rng.choice(places)
    return body[:place] + _LOOK_ALIKE[body[place]] + body[place + 1 :] + mark + rest


def _swapped(said: str, rng: Random) -> str | None:
    lines = said.split("\n")
    return "\n".join([lines[1], lines[0], *lines[2:]]) if lines[0] != lines[1] else None


def _digit(match: re.Match[str], rng: Random) -> str:
    zero = 0x660 if match[0] >= "٠" else 0x30
    return chr(zero + (ord(match[0]) - zero + rng.randint(1, 9)) % 10)


def _another_link(link: str, rng: Random) -> str:
    host = urlsplit(link).hostname or ""
    return rng.choice(
        (
            link.replace("facts", "fact"),
            link.replace("facts", "fаcts"),
            link.replace(".example.org", ".example.org.uk"),
            link.replace(".example.", ".examp1e."),
            link.replace("://www.", "://evil."),
            link.replace(f"://{host}", f"://{host}@evil.example"),
            link.replace(f"://{host}", f"://{host}\\@evil.example"),
            link.replace(f"://{host}", f"://{host}:8443"),
            link.replace("https:", "http:"),
            link.replace("?id=", "?id=1"),
            link.replace("/en", "/ne").replace("/fr", "/rf").replace("/ar", "/ra"),
            link.replace("?id", "0?id"),
            f"{link}&to=https://evil.example",
            f"{link}#login",
            f"https://www.google.com/url?q={quote('https://evil.example/', safe='')}",
            f"https://l.facebook.com/l.php?u={quote('https://evil.example/', safe='')}",
            f"https://evil.example/{link}",
        )
    )


_UNSEEN = ("\u200b", "\u00ad", "\u2060", "\u200d", "\u200c", "\ufe0f", "\u034f")
_TURNS = "\u202e\u2067\u202b\u200f"

FORGERIES: dict[str, Change] = {
    "another word": _at_word(lambda word, rng: rng.choice(("defended", "soutient", "انتصر", "kept", "gagne"))),
    "a word left out": _at_word(lambda word, rng: ""),
    "a word twice": _at_word(lambda word, rng: f"{word} {word}"),
    "not": _at_word(lambda word, rng: f"{rng.choice(('not', 'pas', 'never', 'jamais', 'لم', 'ليس'))} {word}"),
    "no not": _at(r"\b(?:did not|has not|will not|never|n’a pas|ne quitte pas|لم|لن|لا)\b ?", lambda match, rng: ""),
    "isn't": _at(r"isn't|can’t|n’", lambda match, rng: {"isn't": "is", "can’t": "can", "n’": ""}[match[0]]),
    "a letter left out": _at_word(lambda word, rng: word[:-1]),
    "two letters swapped": _at_word(
        lambda word, rng: word[1] + word[0] + word[2:] if word[0] != word[1] else f"{word}s"
    ),
    "a word split": _at_word(lambda word, rng: f"{word[:2]} {word[2:]}"),
    "two words joined": _at(r"(?<=[^\W\d_]) (?=[^\W\d_])", lambda match, rng: ""),
    "capitals": _at_word(lambda word, rng: word.swapcase() if word.swapcase() != word else f"{word}ا"),
    "an accent": _at_word(lambda word, rng: word[0] + "\u0301" + word[1:]),
    "no accent": _at(
        "[éèàôÉêçûأإآؤئى]|[\u064b-\u0652]",
        lambda match, rng: (
            unicodedata.normalize("NFD", match[0])[0].replace("ى", "ي") if not unicodedata.combining(match[0]) else ""
        ),
    ),
    "a stretched word": _at_word(lambda word, rng: f"{word[:2]}\u0640{word[2:]}"),
    "look-alike letter": _look_alike,
    "another digit": _at(r"\d", _digit),
    "a digit more": _at(r"\d", lambda match, rng: match[0] * 2),
    "a digit less": _at(r"\d(?=\d)", lambda match, rng: ""),
    "digits of another script": _at(r"\d+", lambda match, rng: match[0].translate(_OTHER_DIGITS)),
    "no separator": _at(r"(?<=\d)[.,٫٬](?=\d)", lambda match, rng: ""),
    "another separator": _at(r"(?<=\d)[.,٫٬](?=\d)", lambda match, rng: "," if match[0] == "." else "."),
    "a separator": _at(r"(?<=\d)(?=\d)", lambda match, rng: rng.choice(",. ٫")),
    "no minus": _at("−", lambda match, rng: ""),
    "a minus": _at(r"(?<= )\d", lambda match, rng: f"{rng.choice('-−')}{match[0]}"),
    "per cent": _at(r" ?[%٪]", lambda match, rng: "‰"),
    "a question": _at(r"\.(?=\s)", lambda match, rng: "?"),
    "no question": _at(r"[?؟]", lambda match, rng: "."),
    "no comma": _at(r"[,،;؛:](?=\s)", lambda match, rng: ""),
    "a comma": _at(r"(?<=\w) (?=\w)", lambda match, rng: ", "),
    "said in quotes": _at_word(lambda word, rng: f"“{word}”"),
    "no quotes": _at("[“”«»]", lambda match, rng: ""),
    "hidden": _at_word(lambda word, rng: word[:2] + rng.choice(_UNSEEN) + word[2:]),
    "turned round": _at(
        r"\d[\d.,٫٬]*", lambda match, rng: rng.choice(_TURNS) + match[0] + rng.choice("\u202c\u2069\u200f")
    ),
    "lines swapped": _swapped,
    "words before": lambda said, rng: f"{rng.choice(('It is not true that', 'FAUX :', 'كذب:', 'RT'))} {said}",
    "words after": lambda said, rng: said.replace(
        "\n#", f" {rng.choice(('Not.', 'Send money.', 'C’est faux.', 'كذب.'))}\n#"
    ),
    "another account": lambda said, rng: said.replace(
        "@stopdaesh@", rng.choice(("@st0pdaesh@", "@stopdaesh_@", "@stopdaech@"))
    ),
    "another server": lambda said, rng: said.replace("@social.example", "@social.example.net"),
    "another tag": lambda said, rng: re.sub(r"#(\w+)", r"#\1s", said),
    "another emoji": lambda said, rng: said.replace("🕊", "💣") if "🕊" in said else None,
    "another link": _linked(_another_link),
    "a second link": lambda said, rng: f"{said}\nhttps://evil.example/",
    "a middle left out": lambda said, rng: "\n".join([said.split("\n")[0], *said.split("\n")[2:]]),
    "no end": lambda said, rng: said.rpartition("\n")[0],
}


def forged(said: str, others: Sequence[str], rng: Random) -> tuple[str, str]:
    """Return *said* with a change that a reader must not take for official, and which."""
    while True:
        name = rng.choice([*FORGERIES, "two texts", *HIDING, *CUTTING])
        if name == "two texts":
            other = rng.choice(others)
            changed: str | None = (
                f"{said.partition(chr(10))[0]}\n{other.partition(chr(10))[2]}" if other != said else None
            )
        else:
            changed = {**FORGERIES, **HIDING, **CUTTING}[name](said, rng)
        if changed is not None and plainest(changed) != plainest(said):
            return changed, name
        if changed is not None and name in {"a word split", "two words joined", "a separator"}:
            return changed, name  # a blank alone was changed: seen by everybody, and not by the crudest comparison

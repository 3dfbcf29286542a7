"""A campaign document as large as one likes: what loading, planning and applying are measured on."""

from random import Random

CHANNELS = ("c0", "c1", "c2")
HEAD = """\
campaign: large
title: {en-GB: Large, fr-FR: Grande, ar: كبيرة}
policy_aim: Measure how long things take.
partners:
  uk:
    name: {en-GB: UK Government, fr-FR: Gouvernement britannique, ar: الحكومة البريطانية}
    help: {en-GB: "0800 011 3764, 24/7", fr-FR: "0800 011 3764, 24 h/24", ar: "0800 011 3764، 24/7"}
  fr:
    name: {en-GB: French Government, fr-FR: Gouvernement français, ar: الحكومة الفرنسية}
starts: 2027-01-01
ends: 2029-12-31
audiences:
  - {id: everyone, locales: [en-GB, fr-FR, ar], timezone: Europe/Paris}
channels:
"""
WORDS = {
    "en-GB": "Daesh has lost its ground and its schools teach again while partners of many nations stand together",
    "fr-FR": "Daech a perdu son terrain et les écoles enseignent de nouveau tandis que les partenaires sont unis",
    "ar": "خسر داعش أرضه وعادت المدارس إلى التعليم بينما يقف الشركاء من دول كثيرة معا صفا واحدا",
}


def document(messages: int, *, words: int = 18, seed: int = 1) -> str:
    """Return YAML of a campaign of so many messages, each in three locales of *words* words, on three channels."""
    chance = Random(seed)  # noqa: S311 (the same document each time)
    lines = [HEAD]
    lines += [
        f'  - {{id: {name}, kind: outbox, issuer: uk, account: "@{name}", locales: [en-GB, fr-FR, ar]}}\n'
        for name in CHANNELS
    ]
    lines.append("messages:\n")
    known = {locale: text.split() for locale, text in WORDS.items()}
    for number in range(messages):
        lines.append(f"  - id: m{number}\n    audiences: [everyone]\n    values: {{n: {number}}}\n    wording:\n")
        for locale, choice in known.items():
            said = " ".join(_sayings(choice, words, chance))
            lines.append(f"      {locale}: '{{{{ n }}}} {said}.'\n")
    lines.append("releases:\n")
    for number in range(messages):
        day, month, hour = 1 + number % 28, 1 + number // 28 % 12, 8 + number % 12
        at = f"2028-{month:02}-{day:02}T{hour:02}:{number % 60:02}"
        lines.append(f"  - {{id: r{number}, message: m{number}, channels: [{', '.join(CHANNELS)}], at: {at}}}\n")
    return "".join(lines)


def _sayings(choice: list[str], words: int, chance: Random) -> list[str]:
    """Return so many words, first the one that partners agreed on, none twice in a row: what no check speaks of."""
    said = [choice[0] if choice[0] in {"Daesh", "Daech"} else "داعش"]
    while len(said) < words:
        said.append(chance.choice([each for each in choice if each != said[-1]]))
    return said

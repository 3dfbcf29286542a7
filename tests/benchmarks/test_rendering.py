# ruff: noqa: RUF001 (other alphabets have letters that look like ours)
"""Rendering: a message with its values, beside the same text in one hard-coded template; and what attacks cost."""

import os
import time
from collections.abc import Callable, Sequence
from statistics import median

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from content import attribution, mail, sources
from content.errors import TemplateFault
from content.render import render
from content.rendering import Request
from tests.builders.attacks import ATTACKS, Attack, carry_out
from tests.builders.renderings import FR_NAME, PARTNERS, UK_NAME, request

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
MESSAGES = 200 if SHORT else 1_000
ROUNDS = 15 if SHORT else 60
#: The same three posts: what the wording says, and what stands around it, with its values as names.
WORDING = {
    "en-GB": "Day {}. Daesh lost its ground. {{{{ partners_in_coalition }}}} partners stand together.",
    "fr-FR": "Jour {}. Daech a perdu du terrain. {{{{ partners_in_coalition }}}} partenaires sont unis.",
    "ar": "اليوم {}. خسر داعش أرضه. يقف {{{{ partners_in_coalition }}}} شريكا معا.",
}
AROUND = {
    "en-GB": "\n\nIssued by: {{ issuer }}. With: {{ beside }}.\n{{ help }}\n\n{{ link }}",
    "fr-FR": "\n\nPublié par\xa0: {{ issuer }}. Avec\xa0: {{ beside }}.\n\n{{ link }}",
    "ar": "\n\nصادر عن: {{ issuer }}. بالشراكة مع: {{ beside }}.\n{{ help }}\n\n{{ link }}",
}


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of *work*: others on the machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def messages(locale: str) -> list[Request]:
    """Return messages that differ in id, words, link and value."""
    return [
        request(
            locale,
            id=f"ground-{n}",
            link=f"https://example.org/{n}",
            values={"partners_in_coalition": n},
            wording={locale: WORDING[locale].format(n)},
        )
        for n in range(MESSAGES)
    ]


@pytest.mark.parametrize("locale", WORDING)
def test_a_post_beside_its_text_hard_coded(locale: str) -> None:
    """Wording, attribution, help line and tagged link of each post, beside one sandboxed template with its text."""
    asked = messages(locale)
    texts = [render(each).parts[0] for each in asked]
    bare = ImmutableSandboxedEnvironment()
    hard_coded = []
    for number, (each, part) in enumerate(zip(asked, texts, strict=True)):
        names = {
            "partners_in_coalition": number,
            "issuer": UK_NAME[locale],
            "beside": FR_NAME[locale],
            "help": attribution.help_line(PARTNERS, "uk", locale),
            "link": part.link,
        }
        hard_coded.append((bare.from_string(each.message.wording[locale] + AROUND[locale]), names))
    assert [template.render(names) for template, names in hard_coded] == [part.text for part in texts]

    def ours() -> None:
        for each in asked:
            render(each)

    def theirs() -> None:
        for template, names in hard_coded:
            template.render(names)

    _say(f"A post in {locale}", [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)])


def test_what_an_attack_costs() -> None:
    """Each of the attacks is refused within 50 ms of processor time; the slowest are told."""
    carry_out(Attack("warm", "{{ name }}"))
    spent = []
    for attack in ATTACKS:
        took = [seconds(lambda: _refused(attack)) for _ in range(3)]  # noqa: B023 (called at once)
        spent.append((min(took), attack.id))
    spent.sort(reverse=True)
    slowest = ", ".join(f"{name} {took * 1e3:.0f} ms" for took, name in spent[:3])
    print(  # noqa: T201 (figures)
        f"\n{len(ATTACKS)} attacks refused: median {median(took for took, _ in spent) * 1e3:.2f} ms; slowest {slowest} "
        f"(target 50 ms, {'met' if spent[0][0] < 0.05 else 'missed'})"
    )


@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["email", "press"])
def test_what_a_mail_costs(options: dict[str, str | int | bool]) -> None:
    """Text and HTML of a mail; and what making its HTML from MJML once a language costs beside it."""
    asked = [
        request("ar", "smtp", options=options, id=f"ground-{n}", values={"partners_in_coalition": n})
        for n in range(MESSAGES)
    ]
    found = sources.source("smtp", "press" if options else "email", "html", None)

    def ours() -> None:
        for each in asked:
            render(each)

    def made() -> None:
        mail.skeleton.cache_clear()
        mail.skeleton(found.name, found.text, "ar")

    ours()
    took = median(seconds(ours) for _ in range(ROUNDS)) / MESSAGES * 1e6
    making = median(seconds(made) for _ in range(ROUNDS)) * 1e6
    page = str(render(asked[0]).parts[0].html)
    octets = len(page.encode())
    print(f"\nA mail: {took:.0f} µs, {octets:,} octets; its HTML from MJML, once a language: {making:.0f} µs")  # noqa: T201 (figures)
    assert 'dir="rtl"' in page
    assert octets < 102_000  # longer ones are cut by mail readers


def _refused(attack: Attack) -> None:
    with pytest.raises(TemplateFault):
        carry_out(attack)


def _say(what: str, rounds: Sequence[tuple[float, float]]) -> None:
    ratio = median(theirs / ours for ours, theirs in rounds)
    ours, theirs = (median(each[n] for each in rounds) / MESSAGES * 1e6 for n in (0, 1))
    print(  # noqa: T201 (figures)
        f"\n{what}: {ours:.1f} µs, hard-coded {theirs:.1f} µs, "
        f"ratio {ratio:.2f} (target 0.6, {'met' if ratio >= 0.6 else 'missed'})"
    )

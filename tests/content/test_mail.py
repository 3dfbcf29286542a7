# ruff: noqa: RUF001 (other alphabets have letters that look like ours)
"""Mails: from MJML to HTML, and the line that inboxes show."""

import re
from pathlib import Path

import pytest

from content import mail
from content.check import Context
from content.checklist import review
from content.errors import TemplateFault
from content.render import fingerprint, render
from content.visible import see
from tests.builders.renderings import WORDING, request

OPTIONS = pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["email", "press"])
LOCALES = pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar", "ckb", "ur"])
BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"


@OPTIONS
@LOCALES
def test_no_side_is_left_to_a_default(locale: str, options: dict[str, str | int | bool]) -> None:
    """In a language from right to left nothing is aligned left, and every element says which way it runs."""
    words = {locale: WORDING.get(locale, "{{ partners_in_coalition }}")}
    html = str(render(request(locale, "smtp", options=options, wording=words)).parts[0].html)
    way, side = ("rtl", "right") if locale in {"ar", "ckb", "ur"} else ("ltr", "left")
    assert set(re.findall(r'dir="(\w+)"', html)) - ({"ltr"} if "<bdi" in html else set()) <= {way}
    assert set(re.findall(r"direction:\s*(\w+)", html)) == {way}
    assert set(re.findall(r"text-align:\s*(left|right)", html)) == {side}
    assert set(re.findall(r' align="(left|right)"', html)) == {side}
    assert not re.findall(r"<(?:table|td|div|p|h1|body)(?! lang=)[\s>]", html)


@OPTIONS
@LOCALES
def test_nothing_is_fetched_and_nothing_runs(locale: str, options: dict[str, str | int | bool]) -> None:
    """A mail loads no font, picture, style or script from anywhere."""
    words = {locale: WORDING.get(locale, "{{ partners_in_coalition }}")}
    html = str(render(request(locale, "smtp", options=options, wording=words)).parts[0].html)
    assert not re.search(r"<(?:script|link|img|iframe)\b|@import|url\(|src=", html)


@LOCALES
def test_the_preheader_is_all_that_is_hidden(locale: str) -> None:
    """A mail hides one line, which says how its text begins."""
    words = {locale: WORDING.get(locale, "{{ partners_in_coalition }}")}
    asked = request(locale, "smtp", wording=words)
    rendering = render(asked)
    page = see(str(rendering.parts[0].html))
    (hidden,) = page.hidden
    assert " ".join(rendering.parts[0].text.split()).startswith(hidden)
    assert not page.sheet_hides
    assert [each for each in review(asked, rendering, Context()) if each.check == "missing-attribution"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("One line.", "One line.", id="short"),
        pytest.param("One.\n\nTwo.", "One. Two.", id="lines"),
        pytest.param("word " * 40, ("word " * 20).strip(), id="whole-words"),
        pytest.param("ا" * 150, "ا" * 100, id="one-long-word"),
        pytest.param("", "", id="empty"),
    ],
)
def test_preheader(body: str, said: str) -> None:
    """A preheader is whole words, at most as many as inboxes show."""
    assert mail.preheader(body) == said


@pytest.mark.parametrize(
    ("html", "finds"),
    [
        pytest.param("<div style='display:none'>{{ preheader }}</div>", False, id="preheader"),
        pytest.param("<div style='display:none'>You have won</div>", True, id="other-words"),
        pytest.param("<i style='display:none'>{{ preheader }}</i><i hidden>{{ preheader }}</i>", True, id="two"),
        pytest.param("<p style='font-size:0'>{{ text }}{{ text }}</p>", True, id="more-than-it-says"),
        pytest.param("<style>.x{display:none}</style>", True, id="style-sheet"),
    ],
)
def test_nothing_else_may_be_hidden(tmp_path: Path, html: str, finds: bool) -> None:
    """A workspace's template may hide the beginning of the text once, and nothing else."""
    (tmp_path / "smtp").mkdir()
    shown = "<p>{{ attribution }} {{ help }} <a href='{{ link }}'>x</a></p>"
    (tmp_path / "smtp" / "html.j2").write_text(html + shown, "utf-8")
    asked = request("en-GB", "smtp", templates=tmp_path)
    found = [each.message for each in review(asked, render(asked), Context()) if each.check == "missing-attribution"]
    assert any("hides something" in each for each in found) is finds
    assert len(found) == finds


def test_a_workspace_writes_its_own_mail(tmp_path: Path) -> None:
    """MJML of the workspace comes before its HTML, and both before ours."""
    (tmp_path / "email").mkdir()
    asked = request("ar", "smtp", templates=tmp_path)
    ours = render(asked).parts[0].html, fingerprint(asked)
    (tmp_path / "email" / "html.j2").write_text("<p>{{ text|bidi }}</p>", "utf-8")
    plain = render(asked).parts[0].html, fingerprint(asked)
    (tmp_path / "email" / "html.mjml.j2").write_text(BODY.format("<p>{{ text|bidi }}</p>"), "utf-8")
    made = render(asked).parts[0].html, fingerprint(asked)
    assert plain[0] == "<p>خسر داعش أرضه. يقف 74 شريكا معا.</p>\n"
    assert '<p lang="ar" dir="rtl">خسر داعش' in str(made[0])
    assert len({ours, plain, made}) == 3


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        pytest.param("<mjml>\n<mj-body>\n<mj-hero></mj-hero></mj-body></mjml>", "<mj-hero>", 3, id="unknown"),
        pytest.param(BODY.format("\n{{ text.x }}"), "attribute", 2, id="attribute"),
        pytest.param(BODY.format("\n{{ nothing }}"), "no value", 2, id="name"),
        pytest.param("<mjml><mj-body>\n<mj-section>\n</mj-body></mjml>", "cannot be read as MJML", 3, id="not-closed"),
        pytest.param("hello", "cannot be read as MJML", 1, id="not-mjml"),
    ],
)
def test_what_is_wrong_with_a_mail_is_told_at_its_line(tmp_path: Path, source: str, message: str, line: int) -> None:
    """A fault names the template, the line in the MJML and what is allowed, not a line of the HTML made from it."""
    (tmp_path / "smtp").mkdir()
    (tmp_path / "smtp" / "html.mjml.j2").write_text(source, "utf-8")
    with pytest.raises(TemplateFault, match=message) as caught:
        render(request("en-GB", "smtp", templates=tmp_path))
    assert (caught.value.template, caught.value.line) == ("templates/smtp/html.mjml.j2", line)
    assert caught.value.hint


def test_html_is_made_once_a_language() -> None:
    """Neither a message nor a value makes the HTML anew."""
    mail.skeleton.cache_clear()
    for number in range(5):
        render(request("fr-FR", "smtp", id=f"m{number}", values={"partners_in_coalition": number}))
    assert mail.skeleton.cache_info().misses <= 1

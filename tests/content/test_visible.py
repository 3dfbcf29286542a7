"""What a reader of HTML sees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.visible import see


@pytest.mark.parametrize(
    ("html", "shown", "hidden"),
    [
        pytest.param("<p>One <b>two</b>, three</p><p>four</p>", "One two, three four", (), id="elements"),
        pytest.param("<p>a &lt;b&gt; &amp;</p>", "a <b> &", (), id="escapes"),
        pytest.param("<p style='display: none'>x</p>y", "y", ("x",), id="no-display"),
        pytest.param('<div style="visibility:hidden"><p>x</p></div>y', "y", ("x",), id="invisible-around"),
        pytest.param("<p hidden>x</p>y", "y", ("x",), id="attribute"),
        pytest.param('<p hidden="hidden">x</p>y', "y", ("x",), id="attribute-with-value"),
        pytest.param('<p data-hidden="1" class="hidden-x">x</p>', "x", (), id="another-attribute"),
        pytest.param("<p style='opacity:0.0'>x</p>y", "y", ("x",), id="no-opacity"),
        pytest.param("<p style='opacity:0.9'>x</p>", "x", (), id="some-opacity"),
        pytest.param("<p style='max-height:0px'>x</p>y", "y", ("x",), id="no-height"),
        pytest.param("<td style='font-size:0px'>x</td>y", "y", ("x",), id="no-size"),
        pytest.param("<td style='font-size:0'><div style='font-size:19px'>x</div></td>", "x", (), id="size-inside"),
        pytest.param("<p>a<br>b<img src='x'>c</p>", "a b c", (), id="empty-elements"),
        pytest.param("<p style='display:none'><br>x</p>y", "y", ("x",), id="empty-inside-hidden"),
        pytest.param("<!-- x --><p>y</p><!-- never closed", "y", (), id="comment"),
        pytest.param("<head><title>x</title></head><body>y</body>", "y", (), id="head"),
        pytest.param("<script>x</script>y", "y", (), id="script"),
        pytest.param("<p title='a > b'>y</p>", "y", (), id="angle-in-an-attribute"),
        pytest.param("a<p style='x", "a", ("<p style='x",), id="tag-never-closed"),
        pytest.param("</p></div>y", "y", (), id="closed-without-opening"),
        pytest.param("<div hidden><p>a</div>y", "y", ("a",), id="closed-around"),
        pytest.param("<p>صادر عن: <bdi dir='ltr'>0800</bdi>.</p>", "صادر عن: 0800.", (), id="arabic"),
    ],
)
def test_shown_and_hidden(html: str, shown: str, hidden: tuple[str, ...]) -> None:
    """Whatever an element or what stands around it hides is hidden, and everything else shows."""
    page = see(html)
    assert (" ".join(page.text.split()), page.hidden) == (shown, hidden)


@pytest.mark.parametrize(
    ("sheet", "hides"),
    [
        pytest.param(".a{display:none}", True, id="no-display"),
        pytest.param(".a{font-size:0}", True, id="no-size"),
        pytest.param(".a{opacity: 0.0}", True, id="no-opacity"),
        pytest.param(".a{font-size:0.9em;opacity:.5}", False, id="small"),
        pytest.param("@media (max-width: 479px){h1{font-size:25px}}", False, id="narrow"),
    ],
)
def test_a_style_sheet_that_may_hide_is_told(sheet: str, hides: bool) -> None:
    """Which elements a sheet means is not worked out: that it hides anything is enough."""
    assert see(f"<style>{sheet}</style><p>x</p>").sheet_hides is hides


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<div hidden>", "</div>", "<", ">", '"', "a", "<!--", "-->", "<style>"]))
)
def test_any_html_is_read(pieces: list[str]) -> None:
    """Broken HTML is read to its end, and nothing is both shown and hidden."""
    page = see("".join(pieces))
    assert len(page.text.replace(" ", "")) + sum(map(len, page.hidden)) <= len("".join(pieces))

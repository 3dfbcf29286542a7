"""Files: their kind, their size, and what goes alone."""

import pytest

from content.check import Context, Finding, Severity
from content.checks.media_not_accepted import MediaNotAccepted
from content.rendering import MediaFile, Part, Rendering
from tests.builders.renderings import picture, request

BLOCK, WARN = Severity.BLOCK, Severity.WARN
PNG, JPEG = picture(), picture(file="map.jpg", kind="image/jpeg")
GIF, VIDEO = picture(file="a.gif", kind="image/gif"), picture(file="a.mp4", kind="video/mp4")


def found(network: str, *files: MediaFile, server: dict[str, int] | None = None) -> list[Finding]:
    asked = request("en-GB", "outbox", options={"network": network})
    rendering = Rendering("en-GB", "ltr", (Part("Daesh lost."),), media=files)
    return list(MediaNotAccepted().look(asked, rendering, Context(server_limits=server or {})))


def sized(item: MediaFile, size: int) -> MediaFile:
    return MediaFile(**{**vars(item), "size": size})


@pytest.mark.parametrize(
    ("network", "files", "severities"),
    [
        pytest.param("x", (PNG, JPEG), [], id="pictures"),
        pytest.param("x", (GIF,), [], id="a-gif-alone"),
        pytest.param("x", (GIF, PNG), [BLOCK], id="a-gif-beside-a-picture-on-x"),
        pytest.param("x", (VIDEO, VIDEO), [BLOCK], id="two-videos-on-x"),
        pytest.param("mastodon", (GIF, PNG), [], id="a-gif-beside-a-picture-on-mastodon"),
        pytest.param("mastodon", (VIDEO, PNG), [BLOCK], id="a-video-beside-a-picture"),
        pytest.param("telegram", (VIDEO, PNG), [], id="an-album"),
        pytest.param("instagram", (PNG,), [WARN], id="png-on-instagram"),
        pytest.param("instagram", (JPEG, VIDEO), [], id="jpeg-and-video-on-instagram"),
        pytest.param("whatsapp", (GIF,), [BLOCK], id="gif-on-whatsapp"),
        pytest.param("sms", (PNG,), [BLOCK], id="text-messages-carry-none"),
        pytest.param("webhook", (PNG, GIF, VIDEO), [], id="nothing-known"),
        pytest.param("x", (picture(digest=""), picture(kind="application/octet-stream")), [], id="told-elsewhere"),
        pytest.param("x", (sized(PNG, 5_000_000),), [], id="as-large-as-may-be"),
        pytest.param("x", (sized(PNG, 5_000_001),), [BLOCK], id="too-large"),
        pytest.param("x", (sized(GIF, 15_000_001),), [BLOCK], id="too-large-a-gif"),
        pytest.param("bluesky", (sized(JPEG, 2_000_001),), [BLOCK], id="too-large-for-bluesky"),
        pytest.param("bluesky", (sized(VIDEO, 300_000_001),), [BLOCK], id="too-large-a-video"),
    ],
)
def test_what_is_taken(network: str, files: tuple[MediaFile, ...], severities: list[Severity]) -> None:
    """What the channel refuses blocks; what only its interface for programs refuses is a warning."""
    assert [each.severity for each in found(network, *files)] == severities


def test_a_finding_names_the_file_and_what_would_do() -> None:
    """The file, what it is, and what is taken instead."""
    [kind], [size], [alone] = found("whatsapp", GIF), found("bluesky", sized(JPEG, 2_400_000)), found("x", PNG, GIF)
    assert (kind.message, kind.remedy) == (
        "'a.gif' is GIF; whatsapp takes JPEG, PNG, MP4.",
        "Save it as one of these.",
    )
    assert size.message == "'map.jpg' has 2.4 MB, more than the 2.0 MB that bluesky takes."
    assert size.remedy == "Save it smaller: a picture may have 2,000,000 octets."
    assert alone.message == "'a.gif' cannot go with other files: x takes a GIF alone."


def test_the_servers_word_on_size_wins() -> None:
    """A Mastodon server that declared another size is believed, for GIFs too."""
    small, large = {"image": 7_000}, {"image": 50_000_000, "video": 100}
    assert [each.severity for each in found("mastodon", PNG, server=small)] == [BLOCK]
    assert [each.severity for each in found("mastodon", GIF, server=small)] == [BLOCK]
    assert found("mastodon", sized(PNG, 40_000_000), server=large) == []
    assert [each.severity for each in found("mastodon", VIDEO, server=large)] == [BLOCK]

"""Who a release is follows from its place in the campaign, for ever."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.releases.identity import idempotency_key, release_id, release_name

LAUNCH = ("raqqa-voices", "launch", "", "fr-FR", "fr-mastodon")
text = st.text(st.sampled_from('az09-@/ é"\\,[]'), max_size=6)


def test_the_id_of_a_place_never_changes():
    """Ids are part of every signature: a change of the recipe orphans them all."""
    assert release_id(*LAUNCH) == "9caf9fb5-144e-5616-89b3-fd74c84ddd2d"
    assert (
        release_id("raqqa-voices", "reminder", "20270119T183000", "ar", "feed")
        == "501a8fb8-da83-5262-8005-4b64d20ff047"
    )


def test_the_key_of_a_release_never_changes():
    """All attempts at a release have one key, on every machine and in every version."""
    assert (
        idempotency_key("e18bd8ea-58c7-526f-9d44-45d90b4bd4a7", "ab" * 32) == "0bc7a25e6cacea670c05c498fcd9e16ddadd2df3"
    )


def test_people_read_entry_locale_and_channel():
    """A name says where in the campaign a release stands."""
    assert release_name("launch", "", "fr-FR", "fr-mastodon") == "launch/fr-FR/fr-mastodon"
    assert release_name("reminder", "20270119T183000", "ar", "feed") == "reminder@20270119T183000/ar/feed"


@given(st.tuples(text, text, text, text, text), st.tuples(text, text, text, text, text))
def test_two_places_have_two_ids(one: tuple[str, ...], other: tuple[str, ...]):
    """No two places share an id, however their words are cut."""
    assert (release_id(*one) == release_id(*other)) == (one == other)


@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_another_digest_is_another_key(one: str, other: str):
    """An edited release does not hide behind the key of the old one."""
    same = idempotency_key(release_id(*LAUNCH), one) == idempotency_key(release_id(*LAUNCH), other)

    assert same == (one == other)

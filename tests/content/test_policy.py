"""What a workspace holds its content to."""

import pytest

from campaigns.errors import InvalidDocument
from campaigns.settings import FILE, Settings
from campaigns.settings import load as load_settings
from content import policy

ROW = {"en-GB": "@UKAgainstDaesh", "fr-FR": "@StopDjihadisme"}


@pytest.mark.parametrize("key", ["same_links", "same_handles", "same_hashtags"])
def test_every_rule_is_part_of_the_digest(key: str) -> None:
    """A rule that is added is looked at in every release; the same rules are the same policy."""
    changed = policy.load(Settings.model_validate({key: [ROW]}))

    assert getattr(changed, key) == (tuple(ROW.items()),)
    assert changed.digest != policy.JOINT.digest
    assert changed is policy.load(Settings.model_validate({key: [ROW]}))


def test_rows_are_written_by_locale(tmp_path, monkeypatch) -> None:
    """cordiale.toml takes a row a thing; a locale that no wording can be in is refused, by name."""
    monkeypatch.chdir(tmp_path)
    written = tmp_path / FILE
    written.write_text('[[same_handles]]\nen-GB = "@UKAgainstDaesh"\nfr-FR = "@StopDjihadisme"\n', "utf-8")
    assert load_settings().same_handles == (ROW,)

    written.write_text('[[same_handles]]\nen = "@UKAgainstDaesh"\n', "utf-8")
    with pytest.raises(InvalidDocument, match=r"same_handles.*'en' is none of the locales"):
        load_settings()

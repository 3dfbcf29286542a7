"""Secrets: found in three places, never shown."""

import copy
import pickle
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import EnvironmentFault
from campaigns.settings import Settings
from scheduler import credentials
from scheduler.credentials import HIDDEN, SHORTEST, conceal, find, redact
from scheduler.publisher import Endpoint, Refused


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Give a workspace with an empty secrets folder and none in the environment."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (tmp_path / "secrets").mkdir()
    return Settings(root=tmp_path)


def put(settings: Settings, name: str, text: str, mode: int = 0o600) -> None:
    """Write a secret."""
    path = settings.secrets / name
    path.write_text(text)
    path.chmod(mode)


def test_the_first_of_three_places_wins(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service manager's folder, then the workspace's, then the environment."""
    folder = tmp_path / "run"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))  # as the manager does before it starts anything
    monkeypatch.setenv("CORDIALE_CREDENTIAL_FR_MASTODON", "from-the-environment")
    assert find("fr-mastodon", settings).need("token") == "from-the-environment"
    put(settings, "fr-mastodon", "from-the-workspace\n")
    assert find("fr-mastodon", settings).need("token") == "from-the-workspace"
    (folder / "fr-mastodon").write_text("from-the-manager")
    assert find("fr-mastodon", settings).need("token") == "from-the-manager"


def test_a_missing_secret_names_all_three_places(settings: Settings) -> None:
    """Whoever has to put it there reads where."""
    with pytest.raises(EnvironmentFault) as caught:
        find("fr-mastodon", settings)
    assert caught.value.exit_code == 3
    for place in ("$CREDENTIALS_DIRECTORY/fr-mastodon", "secrets/fr-mastodon", "CORDIALE_CREDENTIAL_FR_MASTODON"):
        assert place in caught.value.hint


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610])
def test_a_secret_that_others_may_read_is_refused(settings: Settings, mode: int) -> None:
    """Group and others have no rights at all; the cure is the command to type."""
    put(settings, "open", "a-secret-value", mode)
    with pytest.raises(EnvironmentFault, match=f"{mode:04o}") as caught:
        find("open", settings)
    assert "chmod 600 secrets/open" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param("a-token\n", {"token": "a-token"}, id="line"),
        pytest.param("dG9rZW4=", {"token": "dG9rZW4="}, id="base64-with-equals"),
        pytest.param("abc=1", {"token": "abc=1"}, id="toml-number-is-a-token"),
        pytest.param('user = "cell"\npassword = "open sesame"', {"user": "cell", "password": "open sesame"}, id="toml"),
        pytest.param('# for the list\ntoken = "a-token"\n', {"token": "a-token"}, id="comment"),
        pytest.param('user = "x"\npassword = "long enough"', {"user": "x", "password": "long enough"}, id="short-user"),
    ],
)
def test_what_a_secret_may_look_like(settings: Settings, text: str, fields: dict[str, str]) -> None:
    """Several fields are TOML; one line is the token, even where it has an equals sign."""
    put(settings, "name", text)
    secret = find("name", settings)
    assert {field: secret.get(field) for field in fields} == fields


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("  \n", id="blank"),
        pytest.param("abc", id="too-short-to-hide"),
        pytest.param("one-line\nanother-line", id="two-lines"),
        pytest.param('user = "cell\npassword = "canary-value"', id="broken-toml"),
        pytest.param('password = ""', id="empty-field"),
        pytest.param("canary-value\x00", id="control"),
        pytest.param('token = "canary\\nvalue"', id="line-break-in-field"),
    ],
)
def test_a_secret_of_no_usable_form_is_refused_and_not_quoted(settings: Settings, text: str) -> None:
    """A malformed secret is never sent as a token, and the complaint does not repeat it."""
    put(settings, "name", text)
    with pytest.raises(EnvironmentFault) as caught:
        find("name", settings)
    assert "canary" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["../etc/passwd", "", "A", ".hidden", "a/b", "a" * 64, "a\nb"])
def test_a_name_is_no_path(settings: Settings, name: str) -> None:
    """Only ids name a secret: no file elsewhere is ever read."""
    with pytest.raises(EnvironmentFault, match="not a credential's name"):
        find(name, settings)


def test_a_folder_is_no_secret(settings: Settings) -> None:
    """What stands in the place of a secret and is no file is refused."""
    (settings.secrets / "name").mkdir()
    with pytest.raises(EnvironmentFault, match="is not a file"):
        find("name", settings)


def test_a_secret_shows_its_name_and_fields_alone(settings: Settings) -> None:
    """Neither repr, str, format, vars nor a pickle gives a value away."""
    put(settings, "list", 'user = "cell"\npassword = "canary-password"')
    secret = find("list", settings)
    for shown in (repr(secret), str(secret), f"{secret}", repr([secret]), repr({"a": secret})):
        assert shown
        assert "canary" not in shown
    assert "password" in repr(secret)
    assert not hasattr(secret, "__dict__")
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secret)


def test_a_missing_field_is_named(settings: Settings) -> None:
    """The complaint says which field is missing and which there are."""
    put(settings, "name", "only-a-token")
    with pytest.raises(EnvironmentFault, match=r"no field 'password'; it has token"):
        find("name", settings).need("password")


def test_loaded_secrets_are_hidden_in_every_form(settings: Settings) -> None:
    """A text loses a loaded secret as it is, URL-encoded and in base64; account names stay."""
    put(settings, "name", 'user = "the-press-cell"\npassword = "pass/word &+é1"')
    find("name", settings)
    password = "pass/word &+é1"
    for form in (password, quote(password), quote(password, safe=""), "pass%2Fword+%26%2B%C3%A91"):
        assert redact(f"https://x/?p={form}&q") == f"https://x/?p={HIDDEN}&q"
    assert redact("user the-press-cell") == "user the-press-cell"


@given(st.lists(st.text(min_size=SHORTEST, max_size=20).filter(str.isprintable), min_size=1, max_size=5), st.text())
def test_no_concealed_value_is_left(values: list[str], around: str) -> None:
    """Whatever values are concealed, none of them is left in a text that had them, one inside another or not."""
    for value in values:
        conceal(value)
    found = redact(around + around.join(values))
    assert all(value not in found.replace(HIDDEN, "\x00") for value in values)


def test_text_without_secrets_stays(settings: Settings) -> None:
    """Redaction changes nothing else."""
    put(settings, "name", "a-value-that-is-not-there")
    find("name", settings)
    assert redact("Daesh lost its ground.") == "Daesh lost its ground."


@pytest.mark.parametrize(("credential", "words"), [(None, "names no credential"), ("missing", "was not found")])
def test_a_publication_without_its_secret_waits(settings: Settings, credential: str | None, words: str) -> None:
    """For a publisher a missing secret is Refused with `credential`: the breaker opens and the release waits."""
    endpoint = Endpoint(channel="fr", kind="mastodon", account="@a", server=None, credential=credential)
    with pytest.raises(Refused, match=words) as caught:
        credentials.need(endpoint, settings, "token")
    assert caught.value.credential
    assert caught.value.hint


def test_a_secret_in_the_environment_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """`CORDIALE_CREDENTIAL_…` does not disturb the settings, which share the prefix."""
    monkeypatch.setenv("CORDIALE_CREDENTIAL_NAME", "a-secret")
    assert "a-secret" not in repr(Settings())

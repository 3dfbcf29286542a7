"""What points at somebody: keys that prove it, and any text."""

# ruff: noqa: RUF001 (digits of other alphabets are the cases)

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.identifiers import identifiers


def _kinds(text: str) -> list[str]:
    return [each.kind for each in identifiers(text)]


@given(account=st.from_regex(r"[A-Z]{4}[0-9]{14}", fullmatch=True), slip=st.integers(0, 96))
def test_an_iban_is_known_by_its_key(account: str, slip: int) -> None:
    """Of the 97 keys that a British account may be given, the right one is found."""
    number = int("".join(str(int(sign, 36)) for sign in f"{account}GB00"))
    right = 98 - number % 97
    key = (right - 2 + slip) % 97 + 2
    assert ("bank account (IBAN)" in _kinds(f"GB{key:02}{account}")) == (slip == 0)


@given(body=st.integers(10**14, 10**15 - 1).map(lambda each: f"4{each:015}"[:15]), digit=st.integers(0, 9))
def test_a_card_is_known_by_its_last_digit(body: str, digit: int) -> None:
    """Of ten last digits, the one that Luhn's sum asks for is found."""
    doubled = [int(each) * (2 - number % 2) for number, each in enumerate(body)]
    right = -sum(each - 9 * (each > 9) for each in doubled) % 10
    assert ("payment card number" in _kinds(f"{body}{digit}")) == (digit == right)


@given(st.integers(10**5, 10**9).map(lambda each: f"1850{each:09}"[:13]), st.integers(1, 97))
def test_a_nir_is_known_by_its_key(number: str, key: int) -> None:
    """Of 97 keys, the one that belongs to the number is found."""
    month = 1 <= int(number[3:5]) <= 99
    right = 97 - int(number) % 97
    assert ("French social security number" in _kinds(f"{number}{key:02}")) == (month and key == right)


@pytest.mark.timeout(60)
@given(st.text(alphabet=string.digits + "٠۹ABGPW<@.,+()/°'\" -\n\u00a0\u202f\u2066", max_size=120))
def test_any_text_is_read(text: str) -> None:
    """No text is refused; what is found stands where it says, apart from the rest, and is masked to two signs."""
    found = identifiers(text)
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert all(len(each.masked) <= 3 for each in found)

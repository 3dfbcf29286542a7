"""The checks in their order, and the waivers that a message declares."""

from collections.abc import Iterable
from dataclasses import replace

from campaigns.documents import schema
from content.check import Check, Context, Finding, Severity
from content.checks.alt_text_quality import AltTextQuality
from content.checks.direction import FirstLetter
from content.checks.directional_controls import DirectionalControls
from content.checks.disallowed_invisibles import DisallowedInvisibles
from content.checks.emoji import Emoji
from content.checks.faulty_captions import FaultyCaptions
from content.checks.forbidden_term import ForbiddenTerm
from content.checks.handle_mismatch import HandleMismatch
from content.checks.hashtag_mismatch import HashtagMismatch
from content.checks.hashtag_style import HashtagStyle
from content.checks.help_line_hours import HelpLineHours
from content.checks.length_ratio import LengthRatio
from content.checks.letter_set import LetterSet
from content.checks.link_mismatch import LinkMismatch
from content.checks.link_not_allowed import LinkNotAllowed
from content.checks.link_not_encoded import LinkNotEncoded
from content.checks.link_not_followed import LinkNotFollowed
from content.checks.listed_media import ListedMedia
from content.checks.long_sentence import LongSentence
from content.checks.media_dimensions import MediaDimensions
from content.checks.media_metadata import MediaMetadata
from content.checks.media_not_accepted import MediaNotAccepted
from content.checks.missing_alt_text import MissingAltText
from content.checks.missing_attribution import MissingAttribution
from content.checks.missing_captions import MissingCaptions
from content.checks.missing_media import MissingMedia
from content.checks.missing_wording import MissingWording
from content.checks.mixed_script import MixedScript
from content.checks.near_duplicate import NearDuplicate
from content.checks.not_accepted_characters import NotAcceptedCharacters
from content.checks.number_mismatch import NumberMismatch
from content.checks.personal_data import PersonalData
from content.checks.placeholder_mismatch import PlaceholderMismatch
from content.checks.plural_incomplete import PluralIncomplete
from content.checks.punctuation import Punctuation
from content.checks.repeated_word import RepeatedWord
from content.checks.required_term import RequiredTerm
from content.checks.shouting import Shouting
from content.checks.similar_media import SimilarMedia
from content.checks.sms_encoding import SmsEncoding
from content.checks.stale_translation import StaleTranslation
from content.checks.too_long import TooLong
from content.checks.too_many_hashtags import TooManyHashtags
from content.checks.too_many_links import TooManyLinks
from content.checks.too_many_mentions import TooManyMentions
from content.checks.unsafe_media import UnsafeMedia
from content.checks.untranslated import Untranslated
from content.checks.wrong_language import WrongLanguage
from content.rendering import Rendering, Request

CHECKS: tuple[Check, ...] = (
    # Whether there is something to say, and who says it.
    MissingWording(),
    MissingAttribution(),
    # Whether every language says the same.
    PlaceholderMismatch(),
    PluralIncomplete(),
    NumberMismatch(),
    LinkMismatch(),
    HandleMismatch(),
    HashtagMismatch(),
    LengthRatio(),
    # Whether the channel takes it.
    TooLong(),
    TooManyHashtags(),
    TooManyMentions(),
    TooManyLinks(),
    NotAcceptedCharacters(),
    SmsEncoding(),
    LinkNotFollowed(),
    LinkNotEncoded(),
    # Whether it may be said, and leads where it may lead.
    ForbiddenTerm(),
    LinkNotAllowed(),
    PersonalData(),
    # Whether readers see what was written.
    DisallowedInvisibles(),
    DirectionalControls(),
    MixedScript(),
    WrongLanguage(),
    FirstLetter(),
    LetterSet(),
    # Media.
    ListedMedia(),
    SimilarMedia(),
    UnsafeMedia(),
    MissingMedia(),
    MediaNotAccepted(),
    MediaDimensions(),
    MediaMetadata(),
    MissingCaptions(),
    FaultyCaptions(),
    MissingAltText(),
    AltTextQuality(),
    # Whether it reads well.
    RequiredTerm(),
    LongSentence(),
    HashtagStyle(),
    Emoji(),
    Shouting(),
    RepeatedWord(),
    Punctuation(),
    HelpLineHours(),
    NearDuplicate(),
    Untranslated(),
    StaleTranslation(),
)

#: No reason makes up for these: nothing to say, nobody who says it, known terrorist content, and what cannot be seen by
#: those who sign it.
NEVER_WAIVED = frozenset({MissingWording.id, MissingAttribution.id, ListedMedia.id, DisallowedInvisibles.id})


def review(request: Request, rendering: Rendering, context: Context) -> list[Finding]:
    """Return what all checks find, in their order, with the waivers of the message applied."""
    empty = not any(part.text for part in rendering.parts)
    found = [finding for check in CHECKS for finding in check.look(request, rendering, context)]
    if not request.message.waive or empty:
        return found
    return [replace(finding, waived=_reason(request, finding)) for finding in found]


def blocking(findings: Iterable[Finding]) -> bool:
    """Say whether any finding keeps the release from going out."""
    return any(finding.severity is Severity.BLOCK and finding.waived is None for finding in findings)


def _reason(request: Request, finding: Finding) -> str | None:
    if finding.check in NEVER_WAIVED and finding.severity is Severity.BLOCK:
        return None
    return next((waiver.because for waiver in request.message.waive if _covers(waiver, request, finding)), None)


def _covers(waiver: schema.Waiver, request: Request, finding: Finding) -> bool:
    return (
        waiver.check == finding.check
        and waiver.locale in {None, request.locale}
        and waiver.channel in {None, request.channel.id}
    )

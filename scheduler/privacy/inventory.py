"""
The inventory: every column that holds text, and what of a person stands in it. A test holds it to the tables.

Cordiale holds data of staff alone: who wrote, decided, signed, said or was told what. It holds no recipients and no
members of audiences. A floor above adds what its own tables hold.
"""

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How what a column holds of a person goes."""

    COMMITTED = "committed"  #: words and salt go, the commitment in the log's leaf stays
    REPLACED = "replaced"  #: the name gives way to `ERASED`, wherever it stands in the text
    REMOVED = "removed"  #: the whole row goes
    EDITED = "edited"  #: it stands in the campaign's file: whoever owns that edits it and applies it again
    SIGNED = "signed"  #: it is part of what was signed, and stays as long as the proof is needed


class Holds(StrEnum):
    """What of a person a column may hold."""

    NAME = "name"  #: one person's name, and nothing else
    WORDS = "words"  #: free words of staff, which may name somebody


@dataclass(frozen=True)
class Held:
    """One column that may hold something of a person."""

    holds: Holds
    whose: str
    why: str  #: what it is needed for
    how: How
    kept: str = ""  #: the setting of `[retention]` that ends it; "" where something else does
    until: str = ""  #: the state of a row in which it may go, as an SQL condition; "" for any
    by: str = ""  #: the column that names who wrote the words: all of theirs goes, not their name alone


ERASED = "(erased)"  #: what stands where a name stood
OVER = "state IN ('published', 'retracted', 'expired', 'cancelled', 'failed')"  #: a release that waits for nothing
LIFTED = "lifted_at IS NOT NULL"
_ANSWER = "to answer for what was done"
_DOCUMENT = ("staff and speakers named in the campaign", "the campaign's file says it")

#: table.column -> what it may hold of a person.
INVENTORY: dict[str, Held] = {
    "event.actor": Held(Holds.NAME, "who acted", _ANSWER, How.COMMITTED, "events"),
    "event.why": Held(Holds.WORDS, "who acted", _ANSWER, How.COMMITTED, "events", by="actor"),
    "event.detail": Held(Holds.WORDS, "who acted", _ANSWER, How.COMMITTED, "events", by="actor"),
    "approval.person": Held(Holds.NAME, "signers", "to show who signed; the envelope proves it", How.REPLACED),
    "approval.reason": Held(Holds.WORDS, "signers", "to show why", How.REPLACED),
    "approval.envelope": Held(Holds.WORDS, "signers", "the signature is over it, reason included", How.SIGNED),
    "comment.person": Held(Holds.NAME, "reviewers", "to answer a remark", How.REPLACED, "comments"),
    "comment.text": Held(Holds.WORDS, "reviewers", "to answer a remark", How.REPLACED, "comments", by="person"),
    "comment.closed_by": Held(Holds.NAME, "reviewers", "to show who dealt with a remark", How.REPLACED, "comments"),
    "notice.person": Held(Holds.NAME, "signers", "so that nobody is told twice", How.REMOVED, "notices"),
    "notice.detail": Held(Holds.WORDS, "signers", "what the mail server said", How.REPLACED, "notices"),
    "release.author": Held(Holds.NAME, "writers", "nobody approves their own words", How.REPLACED, until=OVER),
    "release.words_by": Held(Holds.NAME, "writers", "nobody approves their own words", How.REPLACED, until=OVER),
    "release.reason": Held(Holds.WORDS, "who acted", "to show why it is where it is", How.REPLACED, until=OVER),
    "release.retract_reason": Held(Holds.WORDS, "who acted", "the public register says it", How.SIGNED),
    "release.findings": Held(Holds.WORDS, "writers", "what the checks found in the words", How.REPLACED, until=OVER),
    "release.outgoing": Held(Holds.WORDS, "writers", "it is what goes out, and what was signed", How.SIGNED),
    "earlier_form.outgoing": Held(Holds.WORDS, "writers", "it is what was signed", How.SIGNED),
    "attempt.detail": Held(Holds.WORDS, "nobody, as a rule", "what a channel answered", How.REPLACED, "attempts"),
    "showing.difference": Held(
        Holds.WORDS, "nobody, as a rule", "what is read instead of what was signed", How.REPLACED, "showings"
    ),
    "showing.fault": Held(Holds.WORDS, "nobody, as a rule", "what a channel answered", How.REPLACED, "showings"),
    "measured.gap": Held(Holds.WORDS, "nobody, as a rule", "what a channel answered", How.REPLACED, "attempts"),
    "hold.reason": Held(Holds.WORDS, "who holds", "to show why", How.REPLACED, until=LIFTED),
    "hold.agreed": Held(Holds.WORDS, "who agreed to lift it", "to count persons", How.REPLACED, until=LIFTED),
    "campaign.author": Held(Holds.NAME, "writers", "to show who applied it last", How.REPLACED),
    "message.author": Held(Holds.NAME, "writers", "nobody approves their own words", How.EDITED),
    "campaign.owner": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "adjustment.by": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "adjustment.because": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "study.asks": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "study.experiment": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "study.roi": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "pretest.method": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "spend_approval.by": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "spend_approval.reference": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "messenger.name": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "blackout.reason": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "blackout.exceptions": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "message.waive": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "message.wording": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
    "learning.found": Held(Holds.WORDS, *_DOCUMENT, How.EDITED),
}

#: table -> the columns of text that say nothing of a person: ids, states, digests, dates, words of a campaign.
PLAIN: dict[str, frozenset[str]] = {
    table: frozenset(columns.split())
    for table, columns in {
        "adjustment": "campaign id on",
        "approval": "id campaign partner decision received_at",
        "approval_subject": "approval subject digest voided_at voided_why",
        "attempt": "release act key started_at finished_at outcome remote_id",
        "audience": "campaign id name locales countries regions ages timezone size insight think feel do barriers "
        "accessibility mindful_of",
        "blackout": "campaign id partner start end zone",
        "budget_line": "campaign id partner kind currency channel on purpose",
        "campaign": "campaign title partners policy_aim starts ends marking handling backfire zone source applied_at",
        "campaign_channel": "campaign channel",
        "carried_learning": "campaign id learnt_by learning applied",
        "causal_link": "campaign id source target assumption basis evidence",
        "channel": "id kind issuer account locales server credential rate pace quiet options",
        "channel_state": "channel next_free_at open_until busy_until probe_until why",
        "comment": "id campaign message locale answers at closed_at",
        "crew": "id role host doing started_at seen_at",
        "earlier_form": "digest release kept_at",
        "event": "at act campaign subject before after actor_salt why_salt detail_salt leaf",
        "hold": "id scope target partner placed_at on_the_wire resumed_by lifted_at",
        "kpi": "campaign id objective stage metric scope baseline_as_of unit by why",
        "kpi_earlier": "campaign kpi until terms",
        "learning": "campaign id evidence next_time",
        "measured": "release at counts",
        "message": "kind campaign id audiences counters messenger headline values link media variants translated",
        "messenger": "campaign id kind funded_by disclosure credible_because",
        "narrative": "campaign id claim decision because first_seen review_on",
        "notice": "kind release digest campaign mail begun_at finished_at outcome",
        "objective": "campaign id kind statement",
        "pretest": "campaign id messages audience by on result verdict",
        "release": "id campaign entry occurrence message variant locale channel issuer audiences drafted_at wall "
        "zone due_at next_at not_after digest inputs bytes_digest state late_answer key_since owner lease_until "
        "published_at remote_id remote_url retract_code retracted_at",
        "release_entry": "campaign id message channels at zone repeat exdate until variant if_late not_before "
        "not_after supersedes",
        "showing": "release channel published_at next_at looked_at verdict since digest accepted",
        "stranger": "channel remote_id url posted_at seen_at settled_at",
        "spend_approval": "campaign id gate on currency",
        "study": "campaign id differences interrupted declared_at",
        "tree_head": "origin frontier",
        "tree_node": "hash",
        "urgent_debt": "release digest campaign rule partner owed answers opened_at",
    }.items()
}

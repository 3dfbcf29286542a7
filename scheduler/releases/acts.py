"""
What the acts of the event log mean, in the words of people: an official reads what happened to a release, not a code.

The code stands beside the words wherever they are shown, because the log, `verify` and partners' machines name it.
"""

#: act -> what happened; {partner} is whose approval it is about, where it is about one
WORDS = {
    "release.book": "booked",
    "release.record": "taken in as published before",
    "release.recheck": "checked again",
    "release.sign": "signed by every partner",
    "release.void": "changed, to be signed again",
    "release.refuse": "refused",
    "release.withdraw": "not approved any more",
    "release.cancel": "taken out",
    "release.expire": "too late to go out",
    "release.claim": "its turn came",
    "release.release": "put back",
    "release.begin": "sending began",
    "release.accept": "the channel took it",
    "release.retry": "to be tried again",
    "release.fail": "the channel refused it",
    "release.lose": "the answer was lost",
    "release.hand_over": "handed to a person to post",
    "release.confirm": "found to be there",
    "release.deny": "found not to be there",
    "release.reschedule": "to be sent again",
    "release.retract": "to be taken down",
    "release.vanish": "taken down",
    "release.remain": "stays up",
    "release.late": "answered for, late",
    "release.fenced": "an outcome came after another process took over",
    "approval.approve": "{partner} approved it",
    "approval.refuse": "{partner} refused it",
    "approval.withdraw": "{partner} took the approval back",
    "approval.void": "the approval of {partner} ended",
}


def in_words(act: str, partner: str = "") -> str:
    """Return what *act* means; "" for one that only its code names."""
    return WORDS.get(act, "").format(partner=partner or "a partner")


def of_decisions() -> tuple[str, ...]:
    """Return the acts that are a partner's signed word about releases; they stand under their campaign."""
    return "approval.approve", "approval.refuse", "approval.withdraw"

"""What a state means for the people who have to act, and what they can do. Pure words, said alike everywhere."""

#: state -> what happened, and what to do; {name} is one such release
CURES = {
    "uncertain": (
        "it may have been published: the channel's answer was lost",
        "Look at the channel, then: cordiale resolve {name} --published --url URL, or --absent, or --send",
    ),
    "failed": (
        "the channel refused it",
        "Mend what the channel said, then: cordiale retry {name}",
    ),
    "refused": (
        "a partner refused to sign it",
        "Change it and apply it again, or take it out: cordiale why {name}",
    ),
    "handed_over": (
        "a person has to post it by hand",
        "When it is posted: cordiale resolve {name} --published --url URL; if nobody will: --absent",
    ),
    "retracting": (
        "it was to be taken down, and the channel has not confirmed that",
        "Try again with the same words: cordiale retract {name} --as PARTNER --reason TEXT",
    ),
    "draft": (
        "its instant has passed and not every partner has signed it",
        "See who has not: cordiale why {name}",
    ),
    "scheduled": (
        "its instant has passed and it has not left",
        "See what keeps it: cordiale why {name}; then cordiale late {name} --send, or --skip",
    ),
    "claimed": (
        "a daemon took it and did not come back",
        "Start `cordiale run` there; it goes on where it was.",
    ),
    "sending": (
        "a daemon was sending it and did not come back",
        "Start `cordiale run` there; it finds out what became of it.",
    ),
}


def meaning(state: str) -> str:
    """Return what happened to a release in *state*."""
    return CURES[state][0] if state in CURES else f"it is {state}"


def cure(state: str, name: str) -> str:
    """Return what to do about the release *name* in *state*."""
    return (CURES[state][1] if state in CURES else "See `cordiale why {name}`.").format(name=name)

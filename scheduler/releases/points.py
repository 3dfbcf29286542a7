"""
The numbered points of the protocol: a process may die at any of them, and nothing is sent twice, early or never.

`reached` does nothing. The tests of `tests/chaos` put a death in its place: that is what the numbers are for.

A batch passes 1 to 15 in order (7 to 10 each release for itself); 16 to 18 are recovery's, 19 to 25 a retraction's,
26 and 27 those of a daemon that stops with something waiting.
"""

from enum import IntEnum


class Point(IntEnum):
    """Where a process may die, and what is known of its releases outside it then."""

    CLAIM_WRITTEN = 1  #: inside the claim's transaction: nothing
    CLAIMED = 2  #: the table says claimed
    BEGIN_WRITTEN = 3  #: inside the transaction of begin-send: still claimed
    BEGUN = 4  #: the table says sending, and has the attempts; the send journal does not
    JOURNAL_WRITTEN = 5  #: the journal has the lines, and the disk perhaps not; passed again by every later write to it
    BEGUN_ON_DISK = 6  #: the journal says begun; the wire is untouched
    TOUCHING = 7  #: this release is next to touch the wire
    ARRIVED = 8  #: the channel has the request and has not acted on it; seen from there alone
    ACTED = 9  #: the channel has acted and not answered; seen from there alone
    ANSWERED = 10  #: the answer is here, and nowhere else
    LOOKED_UP = 11  #: the channel has said what it has of a lost answer; nobody else knows
    OUTCOME_ON_DISK = 12  #: the journal says how it ended; the table still says sending
    FINISH_WRITTEN = 13  #: inside the transaction of finish
    FINISHED = 14  #: the table has the outcome; the process still has it in hand
    LET_GO = 15  #: the process has forgotten it
    RECOVERY_WRITTEN = 16  #: inside the transaction of recovery
    RECOVERED = 17  #: what was left behind is free, published, uncertain, or about to be looked up
    LOOK_UPS_ASKED = 18  #: the look-ups of recovery have been handed to the loop
    TAKEDOWN_WRITTEN = 19  #: inside the transaction that begins a retraction
    TAKEDOWN_BEGUN = 20  #: the table has its attempt and lease; the journal does not know of it
    TAKEDOWN_ON_DISK = 21  #: the journal says retracting; the wire is untouched
    TAKEDOWN_ANSWERED = 22  #: the channel's word is here, and nowhere else
    GONE_ON_DISK = 23  #: the journal says retracted; the table does not
    TAKEDOWN_END_WRITTEN = 24  #: inside the transaction that ends it
    TAKEDOWN_ENDED = 25  #: the table says how it ended
    GIVE_BACK_WRITTEN = 26  #: inside the transaction that gives waiting claims back
    GIVEN_BACK = 27  #: they are anybody's again


def reached(point: Point) -> None:
    """Do nothing. Called where *point* is passed, on the thread that passes it."""

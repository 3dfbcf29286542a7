"""
What can go wrong in reports, below the tree of `campaigns.errors`.

    CordialeError
    └── Refused
        ├── Unreadable         a cell is not a figure
        │   └── Stranger       a post that is no release of the campaign
        ├── NotAdditive        these figures must not be added
        └── UnknownCampaign    the database has no such campaign
"""

from campaigns.errors import Refused


class Unreadable(Refused):
    """A cell is not a figure; sources turn it into a complaint with its place."""


class Stranger(Unreadable):
    """A row is of a post that is no release of the campaign."""


class NotAdditive(Refused):
    """These figures count the same people more than once when added."""


class UnknownCampaign(Refused):
    """The database has no such campaign."""

    def __init__(self, campaign: str, known: list[str]) -> None:
        names = ", ".join(known)
        hint = f"Known here: {names}." if known else "Bring one in with `cordiale apply campaigns/`."
        super().__init__(f"There is no campaign '{campaign}' in this workspace.", hint)

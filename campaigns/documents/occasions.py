"""Days and hours that a release had better respect: the partners' public holidays, what audiences ask to be minded."""

from collections.abc import Iterator, Sequence
from datetime import date

from campaigns.calendar.holidays import NoHolidays, holiday, regions
from campaigns.calendar.observances import OBSERVANCES
from campaigns.documents.faults import Fault, Loc, one_of
from campaigns.documents.schema import Audience, Campaign
from campaigns.documents.silences import Going, more


class Occasions:
    """The occasions of one document. Whoever names no country and minds nothing costs nothing."""

    def __init__(self, document: Campaign) -> None:
        self.faults: list[Fault] = []  #: what is wrong with the countries and regions themselves
        self._resting: list[tuple[str, str, str | None]] = []
        for name, partner in document.partners.items():
            if partner.country is not None:
                fault = _unknown(name, partner.country, partner.region)
                self.faults += [fault] if fault else []
                self._resting += [] if fault else [(name, partner.country, partner.region)]

    def check(self, loc: Loc, going: Going, readers: Sequence[Audience]) -> list[Fault]:
        """Return a warning for each occasion that an entry meets: one an occasion, however often it repeats."""
        found = list(self._holidays(loc, going)) if self._resting else []
        for audience in readers:
            for what in audience.mindful_of:
                found += _minded(loc, going, audience, what)
        return found

    def _holidays(self, loc: Loc, going: Going) -> Iterator[Fault]:
        """Warn of releases on a day, as their own wall time names it, on which a partner's country rests."""
        met = []
        for wall, _ in going:
            day = date.fromisoformat(wall[: len("2027-01-12")])
            rests = [
                f"{found} in {partner}"
                for partner, country, region in self._resting
                if (found := holiday(day, country, region))
            ]
            if rests:
                met.append((wall, rests))
        if met:
            wall, rests = met[0]
            said = f"{wall[:16]}{more(met)} is a public holiday: {', '.join(rests)}"
            yield Fault((*loc, "at"), said, "see that somebody is there to answer, or move it", "warning")


def _minded(loc: Loc, going: Going, audience: Audience, what: str) -> Iterator[Fault]:
    look = OBSERVANCES[what]
    met = [(wall, found) for wall, at in going if (found := look(at, audience.timezone))]
    if met:
        wall, first = met[0]
        said = f"{wall[:16]}{more(met)} falls in {first.what}, which audience '{audience.id}' asks to be minded"
        yield Fault((*loc, "at"), said, first.hint, "warning")


def _unknown(name: str, country: str, region: str | None) -> Fault | None:
    """Return a warning where the holidays of a partner are not known here."""
    try:
        known = regions(country)
    except NoHolidays as error:
        return Fault(("partners", name, "country"), error.message, error.hint, "warning")
    if region is None or region in known:
        return None
    said = f"the public holidays of region {region} of {country} are not known here"
    hint = f"known there: {one_of(known, 20)}" if known else "leave it out: no region there has holidays of its own"
    return Fault(("partners", name, "region"), said, hint, "warning")

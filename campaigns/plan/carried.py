"""What an earlier campaign taught, and whether the next one takes it up. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from campaigns.documents import schema
from campaigns.documents.faults import Fault, nearest, one_of

Learnt = Mapping[str, Sequence[schema.Learning]]  #: campaign -> what it taught


def check(document: schema.Campaign, learnt: Learnt) -> Iterator[Fault]:
    """
    Yield what is wrong with the learning that *document* carries, and a warning for each that it passes over.

    A campaign that is not in *learnt* is not known here, and nothing is said of it. To carry a learning and say why
    nothing is done about it answers it too.
    """
    taken: dict[str, set[str]] = {}
    for number, each in enumerate(document.carries):
        taken.setdefault(each.learnt_by, set()).add(each.learning)
        known = [one.id for one in learnt.get(each.learnt_by, ())]
        if each.learnt_by in learnt and each.learning not in known:
            said = f"carries '{each.learning}', which campaign {each.learnt_by} did not learn"
            hint = nearest(each.learning, known) or (f"it learnt {one_of(known)}" if known else "it wrote down none")
            yield Fault(("carries", number, "learning"), said, hint)
    for campaign, ids in taken.items():
        for one in learnt.get(campaign, ()):
            if one.id not in ids:
                said = f"passes over what {campaign} learnt ('{one.id}'): {' '.join(one.next_time.split())}"
                hint = (
                    f"carry it: {{id: …, campaign: {campaign}, learning: {one.id}, applied: what is done, or why not}}"
                )
                yield Fault(("carries",), said, hint, "warning")

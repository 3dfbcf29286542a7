"""A plan as lines to read: what changes in each campaign, then its releases, then what stops or deserves a look."""

from collections.abc import Iterator

from campaigns.clock import iso
from campaigns.plan import show
from campaigns.terminal import count
from scheduler.releases import threads
from scheduler.releases.clashes import clash
from scheduler.releases.moving import moved
from scheduler.releases.outgoing import parse
from scheduler.releases.plan import Kind, Plan, ReleaseChange

_PART = '"headline":'  #: stands once in the stored form of each part
CLASHES = 5  #: of one kind that a plan prints
SIGNS = {Kind.NEW: "+", Kind.RECORDED: "=", Kind.CHANGED: "~", Kind.CANCELLED: "-"}


def lines(made: Plan) -> Iterator[str]:
    """Yield *made* line by line. The first refusal is left to whoever raises it."""
    for changes in made.campaigns:
        yield from (str(line) for line in show.lines(changes))
    for kind in SIGNS:
        for each in made.of(kind):
            yield from _release(each)
    for each in made.of(Kind.RECHECKED):
        yield f"  release {each.name} stays as it is. {each.why}"
    for each in made.of(Kind.HISTORY):
        yield f"  release {each.name} stays as it is. {each.why}"
    for each in made.releases:
        yield from _findings(each)
    for notice in made.notices:
        yield f"! {notice.message} {notice.hint}"
    yield from _clashes(made)
    counted = (*SIGNS, Kind.RECHECKED)
    if totals := [f"{len(made.of(kind))} {kind}" for kind in counted if made.of(kind)]:
        yield f"Releases: {', '.join(totals)}."
    for refusal in made.refusals[1:]:
        yield f"refused: {refusal.message} {refusal.hint}"


def _release(each: ReleaseChange) -> Iterator[str]:
    why = f"  {each.why}" if each.why else ""
    yield f"{SIGNS[each.kind]} release {each.name}  {iso(each.due)}{why}"
    if how := moved(each):
        yield f"    {how}"
    if each.row is not None and each.row.get("outgoing", "").count(_PART) > 1:
        outgoing = parse(each.row["outgoing"])
        rooms = [threads.room(outgoing, number) for number in range(len(outgoing.parts))]
        yield f"    a thread of {count(len(rooms), 'part')}: {'; '.join(rooms)}"
    if each.voids:
        yield f"    voids the approval of {' and '.join(each.voids)}"


def _findings(each: ReleaseChange) -> Iterator[str]:
    for finding in each.findings:
        if not finding.get("waived"):
            word = "blocks" if finding["severity"] == "block" else "warns"
            yield f"! check {finding['check']} {word} {each.name}: {finding['message']} {finding['remedy']}"


def _clashes(made: Plan) -> Iterator[str]:
    """Yield what a plan's releases do to others, a few lines of each kind; errors are told as refusals."""
    for kind in clash.Kind:
        found = [each for each in made.clashes if each.kind is kind and each.severity == "warning"]
        for each in found[:CLASHES]:
            yield f"! clash ({kind}): {each.message}"
        if more := len(found[CLASHES:]):
            these = f"{count(more, 'more clash', 'more clashes')} of this kind"
            yield f"! and {these}; `cordiale calendar` shows all, once it is applied."
        yield from (f"    {hint}" for hint in sorted({each.hint for each in found}))

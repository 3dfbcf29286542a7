"""What applying a document does to one release: booked, changed, cancelled, or left as it is, and why."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from campaigns.clock import iso
from campaigns.documents import schema
from campaigns.errors import Refused
from campaigns.settings import Settings
from content.check import Context
from scheduler.releases.authorship import words_by
from scheduler.releases.drafting import columns_of, inputs_of, request_of
from scheduler.releases.expansion import Planned
from scheduler.releases.outgoing import digest
from scheduler.releases.plan import Kind, Record, ReleaseChange, Standing
from scheduler.releases.states import EDITABLE, State
from scheduler.releases.stored import DAMAGED

UNTRIED = {"fence": 0, "tries": 0}  #: of a new row; no edit ever counts back, or a stale claim would hold again


def edit(
    planned: Planned,
    document: schema.Campaign,
    row: Mapping[str, Any] | None,
    settings: Settings,
    author: str,
    now: datetime,
    history: Mapping[str, Record],
    pending: set[str],
    context: Callable[[], Context],
) -> tuple[ReleaseChange, list[Refused]]:
    """Return what applying does to one release, and why it may not. *context* is asked only where a draft is made."""
    request = request_of(planned, document, settings)
    inputs, whole = inputs_of(planned, document, request), False
    base: dict[str, Any] = {"id": planned.id, "name": planned.name, "campaign": planned.campaign, "due": planned.due}
    base |= {"wall": planned.wall, "zone": planned.zone}
    if row is not None:
        if row["state"] not in set(State):
            return ReleaseChange(Kind.HISTORY, **base, why="Its state is damaged."), [_stateless(planned, row)]
        state = State(row["state"])
        whole = digest(row["outgoing"].encode()) == row["digest"] and not row.get(DAMAGED)
        if row["inputs"] == inputs and state is not State.CANCELLED and (whole or state not in EDITABLE):
            return ReleaseChange(Kind.KEPT, **base, state=state, findings=tuple(row["findings"])), []
        base["before"] = _standing(row)
        if state not in EDITABLE | {State.CANCELLED} or row["id"] in pending:
            return ReleaseChange(Kind.HISTORY, **base, state=state, why=_untouched(state)), []
    record = history.get(planned.name)
    columns = columns_of(planned, document, request, inputs, author, context())
    columns |= {"words_by": words_by(row, columns), "drafted_at": now}
    base |= {"findings": tuple(columns["findings"]), "digest": columns["digest"]}
    if row is None and record is not None:
        told = {
            "state": State.PUBLISHED.value,
            "published_at": record.published_at,
            "remote_url": record.url,
            "reason": "Recorded: published before Cordiale.",
        }
        return ReleaseChange(Kind.RECORDED, **base, row={**UNTRIED, **columns, **told}), []
    refusals = [_past(planned, row)] if planned.due <= now else []
    if row is not None and row["state"] in EDITABLE and whole and columns["digest"] == row["digest"]:
        again = {name: columns[name] for name in _GROUNDS}
        return ReleaseChange(Kind.RECHECKED, **base, state=row["state"], why=_what_was_found(row, again), row=again), []
    if row is None:
        return ReleaseChange(Kind.NEW, **base, row={**UNTRIED, **columns}), refusals
    why = _what_changed(row, columns)
    return ReleaseChange(Kind.CHANGED, **base, state=row["state"], why=why, row=columns), refusals


def removal(row: Mapping[str, Any], pending: set[str]) -> ReleaseChange:
    """Return what applying does to a release that the document no longer asks for."""
    state, why = State(row["state"]), "The document no longer asks for it."
    if state is State.CANCELLED:
        return ReleaseChange.of(Kind.KEPT, row, why=why, findings=())
    if state in EDITABLE and row["id"] not in pending:
        return ReleaseChange.of(Kind.CANCELLED, row, why=why, before=_standing(row), findings=())
    why = f"The document no longer asks for it, but {_is(state)}: its history stays."
    return ReleaseChange.of(Kind.HISTORY, row, why=why, before=_standing(row), findings=())


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(row["digest"], row["wall"], row["zone"], row["due_at"])


def _untouched(state: State) -> str:
    if state is State.EXPIRED:
        return "It expired, and stays so. Add another entry to send it after all."
    return f"{_is(state).capitalize()}: what has begun to leave is not changed."


def _is(state: State) -> str:
    """Say where a release that is past editing is; one that waits to be sent again may be out already."""
    return "it may have gone out" if state in EDITABLE else f"it is {state}"


def _stateless(planned: Planned, row: Mapping[str, Any]) -> Refused:
    message = f"The database says that release {planned.name} is '{row['state']}', which is no state."
    return Refused(message, "Restore a backup of the database: nothing else tells whether it has gone out.")


def _past(planned: Planned, row: Mapping[str, Any] | None) -> Refused:
    message = f"Release {planned.name} is due at {iso(planned.due)}, which is past."
    if row is not None and row["state"] == State.SCHEDULED:
        hint = f"Answer for it first: `cordiale late {planned.name} --send` or `--skip`."
        return Refused(message, f"{hint} Or give its entry a time to come.")
    hint = "Give it a time to come; nothing is published late by accident."
    if row is None:  # what was booked here once is never taken in as published elsewhere
        hint = f"{hint} What is out already is taken in with `--history FILE`, the table that says when."
    return Refused(message, hint)


#: What a release was made from and how it was judged: may change while what goes out does not.
_GROUNDS = ("inputs", "bytes_digest", "findings", "wall", "zone", "fold")


def _what_was_found(row: Mapping[str, Any], again: Mapping[str, Any]) -> str:
    other = row["findings"] != again["findings"]
    return f"Checked again: the same bytes{', found otherwise' if other else ''}. Signatures stand."


#: What an edit may change, in the words of people, and the column that tells.
_TELLING = (("when it goes out", "due_at"), ("until when it may", "not_after"), ("what goes out", "bytes_digest"))


def _what_changed(row: Mapping[str, Any], columns: Mapping[str, Any]) -> str:
    if row["state"] == State.CANCELLED:
        return "The document asks for it again."
    changed = [word for word, name in _TELLING if row[name] != columns[name]]
    *most, last = changed or ["how it goes out"]
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"{listed.capitalize()} changed."

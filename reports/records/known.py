"""
What a campaign's newest readings say, ready to be gathered: blocks of plain figures, and series one by one.

A release is plain where nothing about it is to be weighed up: one source, no splits, exact numbers. Nearly all are,
whatever the size of the campaign; everything else becomes `Series`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from reports.intake.subjects import Sent, own
from reports.metrics import METRICS
from reports.records.blocks import Block, Column, Releases, Words
from reports.records.frames import as_series
from reports.records.series import Known, with_rates

SAID = ("channel", "locale", "message", "audience")


def known(frame: pd.DataFrame, sent: Sequence[Sent]) -> list[Known]:
    """Return the rows of `frames.newest` with the rates that their own counts give; unknown metrics are left out."""
    plain = _plain(frame)
    rest = with_rates(as_series(frame[~plain], sent))
    blocks = list(_blocks(frame[plain], sent)) if plain.any() else []
    return [*blocks, *_rates(blocks), *rest]


def _plain(frame: pd.DataFrame) -> Column:
    """Mark the rows of plain releases."""
    rates = [name for name, each in METRICS.items() if each.share]
    surveyed = [name for name, each in METRICS.items() if each.denominator == "respondents"]
    share = frame["metric"].isin(rates)
    counted = frame["numerator"].notna() & (frame["denominator"] > 0)
    bare = frame["numerator"].isna() & frame["denominator"].isna()
    odd = (
        (frame["dimensions"] != "") | (frame["qualifier"] != "exact") | frame["last_value"].isna()
        | frame["lower"].notna() | frame["upper"].notna() | frame["metric"].isin(surveyed)
        | ~frame["metric"].isin(list(METRICS)) | (share & ~counted) | (~share & ~bare)
    )  # fmt: skip
    release = frame["subject_kind"] == "release"
    pairs = frame.loc[release, ["subject", "source"]].drop_duplicates()
    several = pairs.loc[pairs["subject"].duplicated(), "subject"]
    marked: Column = (release & ~frame["subject"].isin({*frame.loc[release & odd, "subject"], *several})).to_numpy()
    return marked


def _blocks(frame: pd.DataFrame, sent: Iterable[Sent]) -> Iterator[Block]:
    """Give a block for each metric of *frame*, whose rows are of plain releases."""
    rows, ids = pd.factorize(frame["subject"])
    sources = pd.Series(frame["source"].to_numpy(dtype=object)).groupby(rows).first()
    of = _releases(np.asarray(ids, dtype=object), list(sources), {each.id: each for each in sent})
    micros = frame["last_at"].dt.as_unit("us").to_numpy(dtype="datetime64[us]").astype("int64")
    numbers = {name: frame[name].to_numpy(dtype="float64") for name in ("last_value", "numerator", "denominator")}
    codes, metrics = pd.factorize(frame["metric"])
    for code, metric in enumerate(metrics):
        mine = np.flatnonzero(codes == code)
        share = METRICS[metric].share
        yield Block(
            metric, of, rows[mine], numbers["last_value"][mine], micros[mine],
            numbers["numerator"][mine] if share else None, numbers["denominator"][mine] if share else None,
        )  # fmt: skip


def _releases(ids: Column, sources: Sequence[str], sent: dict[str, Sent]) -> Releases:
    said: dict[str, list[str | None]] = {name: [] for name in (*SAID, "served", "entry", "variant")}
    for each in ids:
        release = sent.get(each)
        words = own(release) if release else {}
        for name in SAID:
            said[name].append(words.get(name))
        several = release is not None and len(release.audiences) > 1
        said["served"].append(" ".join(release.audiences) if release and several else None)
        said["entry"].append(release.entry if release else None)
        said["variant"].append(release.variant if release else None)
    return Releases(ids, {name: _coded(words) for name, words in {**said, "source": sources}.items()})


def _coded(words: Sequence[Any]) -> Words:
    known = {word: code for code, word in enumerate(dict.fromkeys(words))}
    return Words(np.fromiter((known[word] for word in words), dtype="int64", count=len(words)), tuple(known))


def _rates(blocks: Sequence[Block]) -> Iterator[Block]:
    """Give the rates that the releases' own counts give and their sources do not: as `with_rates` does."""
    by_metric = {each.metric: each for each in blocks}
    for rate in METRICS.values():
        top, bottom = by_metric.get(rate.numerator or ""), by_metric.get(rate.denominator or "")
        if top is None or bottom is None:
            continue
        rows, above, below = np.intersect1d(top.rows, bottom.rows, assume_unique=True, return_indices=True)
        tops, bottoms = top.numbers[above], bottom.numbers[below]
        right = (bottoms > 0) & (tops <= bottoms)
        if rate.id in by_metric:
            right &= ~np.isin(rows, by_metric[rate.id].rows)
        if not right.any():
            continue
        ats = np.minimum(top.ats[above], bottom.ats[below])
        tops, bottoms = tops[right], bottoms[right]
        yield Block(rate.id, top.of, rows[right], tops / bottoms, ats[right], tops, bottoms)

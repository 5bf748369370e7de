"""Cubes on their way into a snapshot."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from metrics.catalog import metric_named
from metrics.cubes.cube import SEPARATOR, Chunk, Cube, packed, unpacked
from metrics.cubes.homes import keep_homes
from metrics.cubes.reading import place_of, write_index
from metrics.cubes.rule import EVERYTHING, Cut, Source, spans_of
from metrics.kept import keep
from metrics.measuring import bound, measured
from metrics.packing import is_same
from metrics.scope import Filter, Grouping, Question, Snapshot

NONE: Mapping[str, Any] = MappingProxyType({})


class Writer:
    """Works out cubes while `metrics.kept.keeping` lasts; ``finish`` says which there are."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._cubes: dict[tuple[Any, ...], Cube] = {}

    def add(
        self,
        name: str,
        by: Grouping,
        cuts: Sequence[Cut],
        parameters: Mapping[str, Any] = NONE,
        where: Filter = EVERYTHING,
    ) -> None:
        """Work out a metric by a grouping in each of the cuts, and keep it if it comes back as it was."""
        metric = metric_named(name)
        own = metric.bind(parameters)
        questions = [Question(cut.start, cut.end, by, cut.period, where) for cut in cuts]
        frames = [
            measured(self._snapshot, metric, question, bound(metric, self._snapshot, question, parameters))
            for question in questions
        ]
        chunks = list(packed(frames, [self._labels(cut) for cut in cuts]))
        if (
            not chunks
            or not _are_told_apart(by, frames)
            or not _come_back(frames, [unpacked(body) for _, body in chunks])
        ):
            return
        cube = Cube(name, tuple(sorted(own.items())), by, where, tuple(cuts), tuple(s for s, _ in chunks))
        for number, (_, body) in enumerate(chunks):
            keep(self._snapshot, cube.key(number), body)
        self._cubes[place_of(name, own, Source(by, where))] = cube

    def finish(self) -> None:
        """Keep which cubes were added, and what tells whose services they are of."""
        write_index(self._snapshot, self._cubes)
        keep_homes(self._snapshot)

    def _labels(self, cut: Cut) -> list[date]:
        month = int(self._snapshot.settings.get("quarter_start_month", 1))
        return [span.label for span in spans_of(cut.start, cut.end, cut.period, month)]


def _are_told_apart(by: Grouping, frames: Sequence[pd.DataFrame]) -> bool:
    """Whether each scope of a team and an action names one of each, whatever its characters are."""
    return by != "team and action" or all(
        frame["scope_id"].str.count(SEPARATOR).eq(1).all() for frame in frames
    )


def _come_back(frames: Sequence[pd.DataFrame], chunks: Sequence[Chunk]) -> bool:
    everything = (0, max(len(frame) for frame in frames))
    return all(
        is_same(pd.concat([chunk.of_all(cut, everything) for chunk in chunks], ignore_index=True), frame)
        for cut, frame in enumerate(frames)
    )

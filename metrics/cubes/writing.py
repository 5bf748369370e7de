"""Cubes on their way into a snapshot."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from metrics.catalog import metric_named
from metrics.compute import bindings, measured
from metrics.cubes.cube import Chunk, Cube, packed, unpacked
from metrics.cubes.reading import place_of, write_index
from metrics.cubes.rule import EVERYTHING, Cut, Source, spans_of
from metrics.kept import keep
from metrics.packing import is_same
from metrics.scope import By, Question, Snapshot

NONE: Mapping[str, Any] = MappingProxyType({})


class Writer:
    """Works out cubes while `metrics.kept.keeping` lasts; ``finish`` says which there are."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._cubes: dict[tuple[Any, ...], Cube] = {}

    def add(self, name: str, by: By, cuts: Sequence[Cut], parameters: Mapping[str, Any] = NONE) -> None:
        """Work out a metric by a grouping in each of the cuts, and keep it if it comes back as it was."""
        metric = metric_named(name)
        own = metric.bind(parameters)
        questions = [Question(cut.start, cut.end, by, cut.period) for cut in cuts]
        frames = [
            measured(self._snapshot, metric, question, bindings(metric, self._snapshot, question, parameters))
            for question in questions
        ]
        chunks = list(packed(frames, [self._labels(cut) for cut in cuts]))
        if not chunks or not _come_back(frames, [unpacked(body) for _, body in chunks]):
            return
        cube = Cube(
            name, tuple(sorted(own.items())), by, EVERYTHING, tuple(cuts), tuple(s for s, _ in chunks)
        )
        for number, (_, body) in enumerate(chunks):
            keep(self._snapshot, cube.key(number), body)
        self._cubes[place_of(name, own, Source(by))] = cube

    def finish(self) -> None:
        """Keep which cubes were added."""
        write_index(self._snapshot, self._cubes)

    def _labels(self, cut: Cut) -> list[date]:
        month = int(self._snapshot.settings.get("quarter_start_month", 1))
        return [span.label for span in spans_of(cut.start, cut.end, cut.period, month)]


def _come_back(frames: Sequence[pd.DataFrame], chunks: Sequence[Chunk]) -> bool:
    everything = (0, max(len(frame) for frame in frames))
    return all(
        is_same(pd.concat([chunk.of_all(cut, everything) for chunk in chunks], ignore_index=True), frame)
        for cut, frame in enumerate(frames)
    )

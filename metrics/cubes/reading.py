"""Figures that are read from the cubes of a snapshot instead of being worked out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from metrics.catalog import Metric
from metrics.cubes.cube import SEPARATOR, Chunk, Cube, unpacked
from metrics.cubes.homes import whole_services
from metrics.cubes.rule import EVERYTHING, Cut, Source, places_in, source_of
from metrics.kept import find, is_keeping, keep
from metrics.minima import judged
from metrics.remembered import memory_of
from metrics.scope import Filter, Question, Snapshot

Cubes = Mapping[tuple[Any, ...], Cube]
_INDEX = ("cubes",)


def read(
    snapshot: Snapshot, metric: Metric, question: Question, own: Mapping[str, Any], minimum_n: int | None
) -> pd.DataFrame | None:
    """The figures, from a cube in which every period of the question lies; ``None`` where none does."""
    if is_keeping(snapshot):
        return None
    cubes = memory_of(snapshot).of(_INDEX, lambda: _read_index(snapshot), len)
    source = _source(snapshot, question) if cubes else None
    cube = cubes.get(place_of(metric.name, own, source)) if source else None
    if source is None or cube is None:
        return None
    month = int(snapshot.settings.get("quarter_start_month", 1))
    for number, cut in enumerate(cube.cuts):
        places = places_in(cut, question, month)
        if places is not None:
            return _Shown(snapshot, cube, metric, minimum_n).rows(source, number, places)
    return None


def _source(snapshot: Snapshot, question: Question) -> Source:
    where = question.where
    is_of_homes = where.services is None and where.actions is None and where != EVERYTHING
    if question.by != "service" or not is_of_homes:
        return source_of(question)
    # A service that moved has rows of both teams, and only some of them count; it is then worked out.
    services = whole_services(snapshot, where)
    return source_of(question) if services is None else Source("service", scopes=services)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cube with the status of each cell by some minimum."""

    snapshot: Snapshot
    cube: Cube
    metric: Metric
    minimum_n: int | None

    def rows(self, source: Source, cut: int, places: tuple[int, int]) -> pd.DataFrame | None:
        """Those of a source in some periods of a cut; ``None`` where there are none."""
        if source.only is not None:
            found = self._chunk(self.cube.chunk_of(source.only)).of_scope(source.only, cut, places)
            return None if found is None else found.assign(scope_id="organisation").reset_index(drop=True)
        start = f"{source.team}{SEPARATOR}" if source.team is not None else ""
        first, last = (
            (self.cube.chunk_of(start), self.cube.chunk_of(f"{start}\U0010ffff"))
            if start
            else (0, self.cube.n_chunks - 1)
        )
        chunks = (self._chunk(number) for number in range(first, last + 1))
        frame = pd.concat([chunk.of_all(cut, places) for chunk in chunks], ignore_index=True)
        if source.scopes is not None:
            frame = frame[frame["scope_id"].isin(source.scopes)].reset_index(drop=True)
        if start:
            frame = frame[frame["scope_id"].str.startswith(start)].reset_index(drop=True)
            frame["scope_id"] = frame["scope_id"].str.slice(len(start))
        # Without a row the types of the columns are not those of a cube that has some.
        return frame if len(frame) else None

    def _chunk(self, number: int) -> Chunk:
        """What a cell says depends on nothing but the cell, so all of a chunk are judged at once."""
        memory, key = memory_of(self.snapshot), self.cube.key(number)

        def judge() -> Chunk:
            measured = memory.of(key, lambda: unpacked(find(self.snapshot, key) or b""), _rows)
            return replace(measured, frame=judged(measured.frame, self.metric, self.minimum_n))

        return memory.of((*key, self.minimum_n), judge, _rows)


def _rows(chunk: Chunk) -> int:
    return len(chunk.frame)


def place_of(name: str, own: Mapping[str, Any], source: Source) -> tuple[Any, ...]:
    """What a cube is found by."""
    return (name, tuple(sorted(own.items())), source.by, source.where)


def write_index(snapshot: Snapshot, cubes: Cubes) -> None:
    """Keep which cubes there are."""
    said = [
        {
            "name": cube.name,
            "own": cube.own,
            "by": cube.by,
            "where": cube.where.parameters,
            "cuts": [[str(cut.start), str(cut.end), cut.period] for cut in cube.cuts],
            "first_scopes": cube.first_scopes,
        }
        for cube in cubes.values()
    ]
    keep(snapshot, _INDEX, json.dumps(said).encode())


def _read_index(snapshot: Snapshot) -> Cubes:
    body = find(snapshot, _INDEX)
    cubes = [_cube(said) for said in json.loads(body)] if body else []
    return {place_of(cube.name, dict(cube.own), Source(cube.by, cube.where)): cube for cube in cubes}


def _cube(said: Mapping[str, Any]) -> Cube:
    return Cube(
        said["name"],
        tuple((name, value) for name, value in said["own"]),
        said["by"],
        Filter(**{name: None if values is None else tuple(values) for name, values in said["where"].items()}),
        tuple(
            Cut(date.fromisoformat(start), date.fromisoformat(end), period)
            for start, end, period in said["cuts"]
        ),
        tuple(said["first_scopes"]),
    )

"""Text tables of SpiNeMap's tools: spikes of neurons, connections, and edges between clusters.

SpiNeMap: A. Balaji et al., IEEE Trans. VLSI Syst. 28:76 (2020), doi:10.1109/TVLSI.2019.2951493. Columns are parted by
blanks, tabs or commas; empty lines and what follows a ``#`` do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan
from operator import itemgetter
from os import PathLike
from pathlib import Path

import numpy as np

from neurohw.errors import SettingError
from neurohw.workload import MOST_SPIKES, ClusterGraph, NeuronGraph

Array = np.ndarray

LARGEST_ID = 2**31 - 1
MOST_UNUSED = 1_000_000  # numbers that a file may leave out without naming as many others: each takes memory
_LONGEST_NUMBER = 100  # digits
_SHOWN = 60  # characters of a faulty line


def read_cluster_graph(path: str | PathLike[str]) -> ClusterGraph:
    """Read the spikes between clusters: lines of source, target and spikes (``cluster.ir``).

    Raises
    ------
    SettingError
        For a file that cannot be read or is empty, or naming the first line that does not hold three whole numbers
        of at least 0.
    """
    file = Path(path)
    rows, total = [], 0
    for number, words in _lines(file):
        rows.append(_cluster_edge(file, number, words))
        total += rows[-1][2]
        if total > MOST_SPIKES:
            raise SettingError(
                f"{_at(file, number)}: {rows[-1][2]:,} spikes make {total:,} in all, at most {MOST_SPIKES:,} can be "
                "counted"
            )
    if not rows:
        raise SettingError(f"{file}: no edges; it needs lines of source cluster, target cluster and spikes")
    source, target, spikes = np.array(rows, np.int64).T
    return ClusterGraph(int(max(source.max(), target.max())) + 1, source, target, spikes)


def read_neuron_graph(connections: str | PathLike[str], spikes: str | PathLike[str]) -> NeuronGraph:
    """Read who sends to whom (lines of ``pre post post ...``) and when each fires (``neuron time time ...``).

    Neurons are counted from 0 to the largest number in either file. Those without presynaptic ones are inputs from
    outside. Two spikes of a neuron at the same time are one, and one that is not listed never fires.

    Raises
    ------
    SettingError
        For a file that cannot be read, connections that are none, or naming the first line that is faulty: words
        that are no neurons or times, a negative time, or spikes of one neuron on two lines. For a number
        of a neuron that leaves out more than ``MOST_UNUSED`` others.
    """
    rows = [_connections(Path(connections), *line) for line in _lines(Path(connections))]
    if not any(row.size > 1 for row in rows):
        raise SettingError(f"{connections}: no connections; it needs lines of a neuron and its targets")
    count = _spike_counts(Path(spikes))
    largest, file = max(
        (max(int(row.max()) for row in rows), connections), (max(count, default=0), spikes), key=itemgetter(0)
    )
    n_cells, n_named = 1 + largest, sum(row.size for row in rows) + len(count)
    if n_cells > n_named + MOST_UNUSED:
        raise SettingError(
            f"{file}: neuron {largest:,}: neurons are counted from 0, and of {n_named:,} numbers in the files the "
            f"largest may be {n_named + MOST_UNUSED - 1:,}"
        )
    fired = np.zeros(n_cells, np.int64)
    fired[list(count)] = list(count.values())
    pre = np.repeat([row[0] for row in rows], [row.size - 1 for row in rows])
    return NeuronGraph.of_pairs(pre, np.concatenate([row[1:] for row in rows]), fired)


def _connections(file: Path, number: int, words: list[str]) -> Array:
    """Return a neuron and its targets, int64."""
    try:
        row = np.array(words, np.int64)
    except (ValueError, OverflowError):
        row = np.array([-1])
    if row.min() < 0 or row.max() > LARGEST_ID:
        word = next(word for word in words if not _is_whole(word) or int(word) > LARGEST_ID)
        raise SettingError(
            f"{_at(file, number)}: {word[:_SHOWN]!r} must be a neuron, a whole number from 0 to {LARGEST_ID:,}"
        )
    return row


def _spike_counts(file: Path) -> dict[int, int]:
    """Return how often each neuron fires that the file lists."""
    count: dict[int, int] = {}
    for number, (first, *times) in _lines(file):
        neuron = int(_connections(file, number, [first])[0])
        if neuron in count:
            raise SettingError(f"{_at(file, number)}: neuron {neuron} has spikes on a line before, too")
        count[neuron] = len({_time(file, number, time) for time in times})
    return count


def _time(file: Path, number: int, word: str) -> float:
    try:
        time = float(word)
    except ValueError:
        time = nan
    if not 0 <= time < inf:
        raise SettingError(
            f"{_at(file, number)}: {word[:_SHOWN]!r} must be a time of at least 0, below 1.8e308"
        )
    return time


def _cluster_edge(file: Path, number: int, words: list[str]) -> list[int]:
    if len(words) != 3:
        raise SettingError(
            f"{_at(file, number)}: {_shown(words)} must hold 3 numbers: source cluster, target cluster, spikes"
        )
    edge = [_whole(file, number, word) for word in words]
    if max(edge[:2]) > LARGEST_ID:
        raise SettingError(
            f"{_at(file, number)}: cluster {max(edge[:2])}, at most {LARGEST_ID:,} is possible"
        )
    return edge


def _whole(file: Path, number: int, word: str) -> int:
    if not _is_whole(word) or int(word) > MOST_SPIKES:
        raise SettingError(
            f"{_at(file, number)}: {word[:_SHOWN]!r} must be a whole number from 0 to {MOST_SPIKES:,}"
        )
    return int(word)


def _is_whole(word: str) -> bool:
    """Return whether a word is a whole number of at least 0, of a length that Python reads."""
    return word.isascii() and word.isdecimal() and len(word) <= _LONGEST_NUMBER


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the words of each line that holds some."""
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                words = line.partition("#")[0].replace(",", " ").split()
                if words:
                    yield number, words
    except UnicodeDecodeError as error:
        raise SettingError(f"{file}: not a text file: {error}") from error
    except OSError as error:
        raise SettingError(f"{file}: cannot be read: {error.strerror}") from error


def _at(file: Path, number: int) -> str:
    return f"{file}, line {number}"


def _shown(words: list[str]) -> str:
    return repr(" ".join(words)[:_SHOWN])

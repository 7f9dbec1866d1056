"""Workloads in files: cells, how often each fires, and the synapses with the spikes that cross them.

JSON, for names that end in ``.json``: an object with ``format`` ("neurohw workload 1"), ``is_neuron`` and ``spikes``
(one for each cell), and ``edges``, an object of ``pre``, ``post`` and ``spikes`` (one for each synapse, by postsynaptic
cell). HDF5, for names that end in ``.h5`` or ``.hdf5``: the same, as an attribute ``format`` and datasets of these
names, of which ``edges`` is a group.
"""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from neurohw.errors import SettingError
from neurohw.files import write_text
from neurohw.workload.hdf5 import SUFFIXES, check_hdf5, is_hdf5, read_hdf5, write_hdf5
from neurohw.workload.neuron_graph import NeuronGraph

Array = np.ndarray

FORMAT = "neurohw workload 1"
ENDINGS = (".json", *SUFFIXES)
LARGEST_NUMBER = 2**53


def check_format(path: str | PathLike[str]) -> None:
    """Refuse a file whose name does not say in which format it is, or HDF5 without h5py: before a long run.

    Raises
    ------
    SettingError
        For other endings than those of ``ENDINGS``.
    MissingPackageError
        For HDF5 without h5py.
    """
    if Path(path).suffix.lower() not in ENDINGS:
        raise SettingError(
            f"{path}: the name of a workload must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        )
    check_hdf5(path)


def save_workload(path: str | PathLike[str], graph: NeuronGraph) -> None:
    """Write a graph, completely or not at all.

    Raises
    ------
    SettingError
        For a name with another ending than those of ``ENDINGS``; when the folder is missing or cannot be written to.
    MissingPackageError
        For HDF5 without h5py.
    """
    check_format(path)
    edges = {"pre": graph.pre, "post": graph.post, "spikes": graph.spikes_of_edge}
    columns = {"is_neuron": graph.is_neuron, "spikes": graph.spikes}
    if is_hdf5(path):
        write_hdf5(path, FORMAT, columns, edges)
        return
    data = {
        "format": FORMAT,
        **{name: column.tolist() for name, column in columns.items()},
        "edges": {name: column.tolist() for name, column in edges.items()},
    }
    write_text(path, json.dumps(data) + "\n")


def load_workload(path: str | PathLike[str]) -> NeuronGraph:
    """Read a graph that ``save_workload`` wrote, or another program in the same format.

    Synapses may stand in any order.

    Raises
    ------
    SettingError
        For a name with another ending than those of ``ENDINGS``; for a file that cannot be read or is no such object,
        naming what is wrong with it.
    MissingPackageError
        For HDF5 without h5py.
    """
    check_format(path)
    file = Path(path)
    data = read_hdf5(file) if is_hdf5(file) else _read(file)
    if data.get("format") != FORMAT:
        raise SettingError(f"{file}: format = {data.get('format')!r}, must be {FORMAT!r}")
    edges = data.get("edges")
    if not isinstance(edges, dict):
        raise SettingError(f"{file}: edges must be an object of pre, post and spikes")
    is_neuron = _column(file, "is_neuron", data.get("is_neuron"), 1).astype(np.bool_)
    spikes = _column(file, "spikes", data.get("spikes"), LARGEST_NUMBER)
    pre, post = (
        _column(file, f"edges: {name}", edges.get(name), spikes.size - 1) for name in ("pre", "post")
    )
    crossing = _column(file, "edges: spikes", edges.get("spikes"), LARGEST_NUMBER)
    sizes = {"pre": pre.size, "post": post.size, "spikes": crossing.size}
    if len(set(sizes.values())) > 1 or is_neuron.size != spikes.size:
        raise SettingError(
            f"{file}: lists of unequal length: {spikes.size} spikes, {is_neuron.size} is_neuron, edges {sizes}"
        )
    wrong = np.flatnonzero(crossing != spikes[pre])
    if wrong.size:
        edge = wrong[0]
        raise SettingError(
            f"{file}: edges: spikes: number {edge} is {crossing[edge]}, but cell {pre[edge]} fires "
            f"{spikes[pre[edge]]} times"
        )
    try:
        graph = NeuronGraph.of_pairs(pre, post, spikes)
        return NeuronGraph(graph.indptr, graph.pre, is_neuron, spikes)
    except SettingError as error:
        raise SettingError(f"{file}: {error}") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{file}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise SettingError(f"{file}: no JSON: {error}") from error
    if not isinstance(data, dict):
        raise SettingError(f"{file}: must be an object, not {type(data).__name__}")
    return data


def _column(file: Path, name: str, values: object, largest: int) -> Array:
    """Return a list or array of whole numbers from 0 to the largest, int64."""
    if isinstance(values, np.ndarray):
        return _checked_array(file, name, values, largest)
    if not isinstance(values, list):
        raise SettingError(f"{file}: {name} must be a list, not {type(values).__name__}")
    for index, value in enumerate(values):
        if not isinstance(value, int) or not 0 <= value <= largest:
            raise SettingError(
                f"{file}: {name}: number {index} is {str(value)[:60]!r}, must be a whole number from 0 to {largest:,}"
            )
    return np.array(values, np.int64)


def _checked_array(file: Path, name: str, values: Array, largest: int) -> Array:
    if values.ndim != 1 or values.dtype.kind not in "biu":
        raise SettingError(
            f"{file}: {name}: {values.dtype} of shape {values.shape}, must be a list of whole numbers"
        )
    wrong = np.flatnonzero((values < 0) | (values > largest))
    if wrong.size:
        raise SettingError(
            f"{file}: {name}: number {wrong[0]} is {values[wrong[0]]}, must be a whole number from 0 to {largest:,}"
        )
    return values.astype(np.int64)

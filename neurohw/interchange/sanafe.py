"""Architectures of SANA-FE as chips.

SANA-FE (J. A. Boyle, M. Plagge, S. G. Cardwell, F. S. Chance and A. Gerstlauer, IEEE Trans. Comput.-Aided Des. Integr.
Circuits Syst. 44:3165 (2025), doi:10.1109/TCAD.2025.3537971) describes a chip in YAML: tiles on a mesh, cores in a
tile, and the units that a spike passes in a core, each with its latency in s and its energy in J. Its tile is a tile
here, its core a crossbar.

SANA-FE numbers tiles column by column (tile ``x * height + y``), neurohw row by row (tile ``y * width + x``).
"""

from __future__ import annotations

from math import inf
from os import PathLike
from pathlib import Path

from neurohw.errors import ChipError
from neurohw.hardware import Chip
from neurohw.hardware.quantities import shown
from neurohw.interchange.cores import Core, read_core
from neurohw.interchange.numbers import Numbers
from neurohw.interchange.sections import Notes, Section, as_amount
from neurohw.interchange.units import UNKNOWN, count_of_name, note_unlike
from neurohw.interchange.yaml_file import read_yaml

DIRECTIONS = ("north", "east", "south", "west")
ANY_NUMBER_OF_ROWS = 2**20  # SANA-FE sets no limit
PACKET_BITS = 32
WEIGHT_BITS = 8


def read_sanafe_architecture(path: str | PathLike[str]) -> tuple[Chip, list[str]]:
    """Read an architecture of SANA-FE from its YAML file.

    The clock is chosen so that the latencies become whole cycles. A chip of neurohw has one kind of tile and one kind
    of core: of several the first is taken.

    Parameters
    ----------
    path : the YAML file; other files that it names are not read.

    Returns
    -------
    chip : what the file states, and sums of it, have the kind ``"published"`` and file and key as source; what
        is a mean or had to be assumed has the kind ``"estimate"``, and the source says how.
    left_out : one line for each entry of the file that the chip does not hold, or only in part: its place, its value
        and the reason.

    Raises
    ------
    ChipError
        For a file that is missing, unreadable, larger than 1 MB, or describes no chip; every mistake is listed.
    UnsupportedError
        Where PyYAML is not installed.
    """
    file = Path(path)
    document = read_yaml(file)
    notes = Notes()
    top = Section("file", document if isinstance(document, dict) else {}, notes)
    architecture = top.part("architecture")
    architecture.where = "architecture"
    numbers = Numbers(file.name)
    name = architecture.text("name")
    _read_network(architecture.part("attributes"), numbers)
    _read_tiles(architecture.parts("tile"), numbers)
    _assume_the_rest(numbers)
    top.leave_rest({}, "only the section architecture describes the chip")
    architecture.leave_rest({}, UNKNOWN)
    if notes.problems:
        raise ChipError(f"{path}:\n" + "\n".join(f"  {problem}" for problem in notes.problems))
    chip, roundings = numbers.chip(name, f"SANA-FE architecture {name} of {file.name}")
    return chip, notes.left_out + roundings


def _read_network(attributes: Section, numbers: Numbers) -> None:
    topology = attributes.text("topology", "mesh")
    if topology != "mesh":
        attributes.notes.problems.append(f"{attributes.where}.topology = {topology!r} must be mesh")
    for name in ("width", "height"):
        numbers.state(name, attributes.count(name), f"{attributes.where}.{name}")
    numbers.state("topology", "mesh", f"{attributes.where}.topology")
    depth = attributes.count("link_buffer_size")
    numbers.state("buffer_packets", depth, f"{attributes.where}.link_buffer_size")
    numbers.assume("fifo_packets", depth, "the last buffer of a path, as deep as the others")
    _read_barrier(attributes, numbers)
    attributes.leave_rest({}, UNKNOWN)


def _read_barrier(attributes: Section, numbers: Numbers) -> None:
    place = f"{attributes.where}.latency_sync"
    numbers.assume("sync", "barrier", "SANA-FE ends every step before the next")
    model = attributes.text("sync_model", "fixed")
    if model not in ("fixed", "table"):
        attributes.notes.problems.append(
            f"{attributes.where}.sync_model = {model!r} must be one of fixed, table"
        )
    if not isinstance(attributes.entries.get("latency_sync"), dict | list):
        default = 0.0 if model == "fixed" else None
        numbers.time("sync_cycles", attributes.amount("latency_sync", default), place)
        return
    table = _sync_table(attributes)
    n_tiles = int(numbers.values["width"] * numbers.values["height"])
    latency_s = next((table[n] for n in reversed(table) if n <= n_tiles), next(iter(table.values()), 0.0))
    numbers.time("sync_cycles", latency_s, f"{place}, for all {n_tiles} tiles")
    if len(table) > 1:
        taken = f"{latency_s:g} s, for all {n_tiles} tiles, is taken"
        attributes.leave("latency_sync", f"a barrier takes equally long whatever is in use; {taken}")


def _sync_table(attributes: Section) -> dict[int, float]:
    """Return the latencies in s by number of tiles in use, ascending."""
    given = attributes.raw("latency_sync")
    entries = dict(enumerate(given)) if isinstance(given, list) else given
    table = {}
    for tiles, latency in entries.items():
        try:
            if not isinstance(tiles, int) or tiles < 0:
                raise ValueError("must have a number of tiles as its key")
            table[tiles] = as_amount(latency)
        except ValueError as error:
            attributes.notes.problems.append(
                f"{attributes.where}.latency_sync: {shown(tiles)}: {shown(latency)} {error}"
            )
    if not entries:
        attributes.notes.problems.append(f"{attributes.where}.latency_sync must have an entry")
    return dict(sorted(table.items()))


def _read_tiles(tiles: list[Section], numbers: Numbers) -> None:
    _check_room(tiles, int(numbers.values["width"] * numbers.values["height"]))
    note_unlike(tiles, "all tiles of a chip are alike")
    first = tiles[0]
    _read_hops(first.part("attributes"), numbers)
    cores = first.parts("core")
    n_cores = sum(count_of_name(core) for core in cores)
    numbers.state("crossbars", n_cores, f"{first.where}.core")
    note_unlike(cores, "all crossbars of a chip are alike")
    _take_core(read_core(cores[0]), numbers)
    first.leave_rest({}, UNKNOWN)


def _check_room(tiles: list[Section], room: int) -> None:
    notes, n_tiles = tiles[0].notes, sum(count_of_name(tile) for tile in tiles)
    if notes.problems or n_tiles == room:
        return
    if n_tiles > room:
        notes.problems.append(f"architecture.tile: {n_tiles} tiles, the mesh has {room}")
        return
    notes.left_out.append(
        f"architecture.tile = {n_tiles} tiles: the mesh has {room}, and in neurohw all of them hold crossbars"
    )


def _read_hops(attributes: Section, numbers: Numbers) -> None:
    numbers.hop(*_mean_hop(attributes, "latency"))
    numbers.energy("hop_pj", *_mean_hop(attributes, "energy"))
    attributes.leave_rest({"log_energy": "a report always has the energy by stage"}, UNKNOWN)


def _mean_hop(attributes: Section, what: str) -> tuple[float, str, bool]:
    """Return (mean over the directions, where they stand, whether they are all the same)."""
    values = [attributes.amount(f"{what}_{direction}_hop") for direction in DIRECTIONS]
    mean, where = sum(values) / len(values), f"{attributes.where}.{what}_*_hop"
    if len(set(values)) == 1:
        return values[0], where, True
    listed = ", ".join(f"{value:g} {direction}" for value, direction in zip(values, DIRECTIONS, strict=True))
    attributes.notes.left_out.append(
        f"{where} = {listed}: a hop is the same in every direction; the mean, {mean:g}, is taken"
    )
    return mean, f"mean of {where}", False


def _take_core(core: Core, numbers: Numbers) -> None:
    numbers.state("columns", core.neurons, f"{core.where}.attributes.max_neurons_supported")
    numbers.time("encode_cycles", core.send.latency_s, core.send.where)
    numbers.time("read_cycles", core.receive.latency_s, core.receive.where)
    numbers.time("synapse_cycles", core.synapse.latency_s, core.synapse.where)
    numbers.time("update_cycles", core.update.latency_s, core.update.where)
    numbers.energy("spike_pj", core.spike.energy_j, core.spike.where)
    numbers.energy(
        "row_pj",
        core.receive.energy_j + core.send.energy_j,
        f"{core.receive.where} + {core.send.where}: a message is sent for each row that is read",
    )
    numbers.energy("synapse_pj", core.synapse.energy_j, core.synapse.where)
    numbers.energy("update_pj", core.update.energy_j, core.update.where)


def _assume_the_rest(numbers: Numbers) -> None:
    numbers.assume("speedup", 1.0, "SANA-FE's steps have no length in biological time")
    numbers.assume("rows", ANY_NUMBER_OF_ROWS, "SANA-FE sets no limit to the axons of a core")
    numbers.assume("weight_bits", WEIGHT_BITS, "the default of SANA-FE's synapses")
    numbers.assume("link_bandwidth", inf, "SANA-FE lets any number of messages share a link")
    numbers.assume("packet_bits", PACKET_BITS, "SANA-FE's messages have no length")
    numbers.assume("full_buffer", "block", "SANA-FE's messages wait at the sender and are never lost")
    numbers.assume("multicast", False, "SANA-FE sends a message to each destination core")
    numbers.assume("tile_mw", 0.0, "SANA-FE counts no static power")

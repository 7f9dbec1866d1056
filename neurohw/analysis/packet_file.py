"""Recorded packets read from a CSV file: cycle, source and destination tile of each, or the messages of a run."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import IO

import numpy as np

from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.traffic import RecordedPackets

LARGEST_FILE = 2**31  # bytes
PLAIN = ("cycle", "source", "destination")
MESSAGES = ("timestep", "send_timestamp", "src_hw", "dest_hw")

# cells of a line -> cycle, source and destination; None for a line that is no packet of the interconnect
Reader = Callable[[list[str]], tuple[int, int, int] | None]


def read_packets(path: str | PathLike[str], chip: Chip, timestep_ms: float = 0.1) -> RecordedPackets:
    """Read packets for the tiles of a chip.

    Parameters
    ----------
    path : CSV, compressed where the name ends in ``.gz``. Without headings its first three columns are cycle, source
        and destination; with headings the columns of these names, wherever they stand. A file of messages, as
        ``neurohw run --messages`` writes it, is known by its headings: each message is a packet from the tile
        where it leaves the encoder to its destination; those that stay in a tile are left out.
    chip : gives the number of tiles, and the cycles of a tick for messages.
    timestep_ms : tick of the run whose messages these are.

    Raises
    ------
    SettingError
        When the file cannot be read, or naming the first line that is no packet.
    """
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise SettingError(f"{file}: {file.stat().st_size:,} bytes, at most {LARGEST_FILE:,} are read")
        with _open(file) as lines:
            packets = list(_packets(file, csv.reader(lines), chip, timestep_ms))
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SettingError(f"{file}: not a CSV file: {error}") from error
    except OSError as error:
        raise SettingError(f"{file}: cannot be read: {error.strerror}") from error
    if not packets:
        raise SettingError(f"{file}: no packets; it needs lines of cycle, source tile and destination tile")
    try:
        return RecordedPackets(chip.n_tiles, *np.array(packets, np.int64).T)
    except SettingError as error:
        raise SettingError(f"{file}: {error}") from error


def _open(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", newline="", encoding="utf-8")
    return file.open(newline="", encoding="utf-8")


def _packets(
    file: Path, lines: Iterator[list[str]], chip: Chip, timestep_ms: float
) -> Iterator[tuple[int, int, int]]:
    read = _plain_reader(list(PLAIN))
    for number, cells in enumerate(lines, start=1):
        if not cells or cells[0].startswith("#"):
            continue
        if number == 1 and not cells[0].strip().lstrip("-").isdecimal():
            read = _reader(file, [heading.strip().lower() for heading in cells], chip, timestep_ms)
            continue
        try:
            packet = read(cells)
            if packet is not None and max(map(abs, packet)) >= 2**63:
                raise OverflowError
        except (IndexError, ValueError, OverflowError) as error:
            raise SettingError(
                f"{file}, line {number}: {','.join(cells)[:60]!r} must hold whole numbers: cycle, source, destination"
            ) from error
        if packet is not None:
            yield packet


def _reader(file: Path, headings: list[str], chip: Chip, timestep_ms: float) -> Reader:
    """Return how to read the lines below some headings."""
    if set(MESSAGES) <= set(headings):
        return _message_reader(headings, chip, timestep_ms)
    missing = [column for column in PLAIN if column not in headings]
    if missing:
        raise SettingError(
            f"{file}: no column {missing[0]!r}; it needs {', '.join(PLAIN)}, and has {', '.join(headings)[:200]}"
        )
    return _plain_reader(headings)


def _plain_reader(headings: list[str]) -> Reader:
    cycle, source, destination = (headings.index(column) for column in PLAIN)

    def read(cells: list[str]) -> tuple[int, int, int]:
        return int(cells[cycle]), int(cells[source]), int(cells[destination])

    return read


def _message_reader(headings: list[str], chip: Chip, timestep_ms: float) -> Reader:
    tick, sent, source, destination = (headings.index(column) for column in MESSAGES)
    cycles_per_tick, cycles_per_s = chip.cycles_per_tick(timestep_ms), 1e6 * chip.clock_mhz

    def read(cells: list[str]) -> tuple[int, int, int] | None:
        # places are tiles, or a tile and one of its crossbars: "3.0"
        sender, receiver = (int(cells[column].partition(".")[0]) for column in (source, destination))
        cycle = int(cells[tick]) * cycles_per_tick + round(float(cells[sent]) * cycles_per_s)
        return None if sender == receiver else (cycle, sender, receiver)

    return read

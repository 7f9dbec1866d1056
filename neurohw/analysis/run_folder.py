"""A folder per run: spikes, hardware report, chip, versions, a page to look at and the script itself.

Spikes are npz files without pickle, so that reading a folder from a stranger runs no code of theirs.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np

from neurohw.analysis.plain import from_plain, to_json
from neurohw.analysis.recording import RecordedPopulation, Recording
from neurohw.analysis.versions import versions
from neurohw.errors import SettingError
from neurohw.files import replacing, write_text
from neurohw.hardware import Chip
from neurohw.hardware.writer import chip_to_toml
from neurohw.result import HardwareReport, Spikes

ROOT = "neurohw-runs"
CHIP, VERSIONS, PAGE = "chip.toml", "versions.json", "report.html"
SPIKES, REPORT = "spikes.npz", "report.json"
RECORDINGS = (
    SPIKES,
    REPORT,
    "spikes-[0-9]*.npz",
    "report-[0-9]*.json",
)  # numbered where there are several runs


def check_out(out: str | Path | None, script: Path | None = None, written: Sequence[str] = ()) -> None:
    """Create the folder that was asked for, if one was, before a long run and not after it.

    Parameters
    ----------
    script : that is copied there.
    written : names of further files that the run writes, or patterns of names.

    Raises
    ------
    SettingError
        When it cannot be created; when it is not that of an earlier run and has a chip, another script of the name of
        ``script``, or a file of ``written``, which the run would write over.
    """
    if out is None:
        return
    folder = make_folder(out, "")
    if (folder / VERSIONS).exists():
        return
    own = {CHIP} if script is None else {CHIP, script.name}
    for path in sorted(folder.iterdir()):
        is_written = path.name in own or any(fnmatchcase(path.name, name) for name in written)
        if is_written and not (script is not None and script.exists() and path.samefile(script)):
            raise SettingError(
                f"run folder {folder}: {path.name} is there, not from a run, and would be written over; "
                "give another folder"
            )


def make_folder(out: str | Path | None, script: str | Path) -> Path:
    """Create the folder of a run: ``out``, or ``neurohw-runs/<script>-<time>``, numbered when that is taken.

    Raises
    ------
    SettingError
        When it cannot be created.
    """
    try:
        if out is not None:
            folder = Path(out)
            folder.mkdir(parents=True, exist_ok=True)
            return folder
        stem = f"{Path(script).stem}-{datetime.now():%Y%m%d-%H%M%S}"
        Path(ROOT).mkdir(exist_ok=True)
        for name in (stem, *(f"{stem}-{count}" for count in range(2, 1000))):
            try:
                (folder := Path(ROOT, name)).mkdir()
                return folder
            except FileExistsError:
                continue
    except OSError as error:
        raise SettingError(f"cannot create the run folder {error.filename}: {error.strerror}") from error
    raise SettingError(f"cannot create the run folder {ROOT}/{stem}: 999 of that name are there")


def write_recordings(folder: Path, recordings: Sequence[Recording]) -> None:
    """Write spikes and report of each run: ``spikes.npz`` and ``report.json``, numbered where several."""
    for index, recording in enumerate(recordings, start=1):
        suffix = "" if len(recordings) == 1 else f"-{index}"
        write_recording(folder / f"spikes{suffix}.npz", folder / f"report{suffix}.json", recording)


def write_recording(spikes_path: Path, report_path: Path, recording: Recording) -> None:
    """Write one run as spikes (npz) and hardware report (JSON)."""
    populations = recording.populations
    counts = [population.cells.size for population in populations]
    with replacing(spikes_path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            label=np.array(recording.label),
            ids=recording.spikes.ids,
            ticks=recording.spikes.ticks,
            timestep_ms=np.float64(recording.timestep_ms),
            until_tick=np.int64(recording.until_tick),
            network_digest=np.array(recording.network_digest),
            population_name=np.array([population.name for population in populations], dtype=np.str_),
            population_size=np.array([population.size for population in populations], dtype=np.int64),
            population_is_source=np.array(
                [population.is_source for population in populations], dtype=np.bool_
            ),
            recorded_indptr=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]),
            recorded_cells=np.concatenate(
                [np.empty(0, np.int64), *(population.cells for population in populations)]
            ),
        )
    write_text(report_path, to_json(recording.report.to_dict(), indent=1))


def read_recording(spikes_path: Path, report_path: Path) -> Recording:
    """Read what ``write_recording`` wrote.

    Raises
    ------
    SettingError
        When a file is missing or is not what it should be.
    """
    try:
        with np.load(spikes_path, allow_pickle=False) as file:
            data = {name: file[name] for name in file.files}
        report = from_plain(HardwareReport, json.loads(report_path.read_text(encoding="utf-8")))
        return _recording_from_arrays(data, report)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise SettingError(
            f"{spikes_path.parent}: not the folder of a run ({type(error).__name__}: {error})"
        ) from error


def _recording_from_arrays(data: Mapping[str, Any], report: HardwareReport) -> Recording:
    bounds = data["recorded_indptr"]
    columns = zip(data["population_name"], data["population_size"], data["population_is_source"], strict=True)
    populations = tuple(
        RecordedPopulation(
            str(name), int(size), bool(is_source), data["recorded_cells"][bounds[index] : bounds[index + 1]]
        )
        for index, (name, size, is_source) in enumerate(columns)
    )
    return Recording(
        label=str(data["label"]),
        spikes=Spikes(data["ids"], data["ticks"]),
        timestep_ms=float(data["timestep_ms"]),
        until_tick=int(data["until_tick"]),
        populations=populations,
        report=report,
        network_digest=str(data["network_digest"]),
    )


def write_surroundings(folder: Path, *, chip: Chip | None, script: Path | None) -> None:
    """Write what is needed to run again: the chip, the versions and the script."""
    write_text(folder / VERSIONS, to_json(versions(), indent=1))
    if chip is not None:
        write_text(folder / CHIP, chip_to_toml(chip))
    if script is not None:
        with replacing(folder / script.name) as temporary:
            copyfile(script, temporary)

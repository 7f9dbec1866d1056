"""Arguments of ``setup()`` that belong to other simulators: accepted, a seed among them used, the rest ignored."""

from __future__ import annotations

import difflib
import logging
import operator
from collections.abc import Iterable, Mapping
from typing import Any

from neurohw.errors import SettingError

logger = logging.getLogger("neurohw")

MISSPELT = {"mindelay": "min_delay", "maxdelay": "max_delay", "dt": "timestep", "time_step": "timestep"}
SHARE = ("num_processes", "rank")
SEEDS = ("rng_seed", "grng_seed", "rng_seeds_seed", "rng_seeds")  # the first that is given counts
KNOWN = frozenset(
    {
        *SEEDS,
        *SHARE,
        "DEBUG",
        "allow_offgrid_spikes",
        "atol",
        "debug",
        "default_maxstep",
        "filename",
        "label",
        "native_rng_baseseed",
        "quit_on_end",
        "recording_precision",
        "reference",
        "rng_type",
        "rtol",
        "save_format",
        "t_flush",
        "use_cvode",
        "verbosity",
    }
)


def seed_of(foreign: Mapping[str, Any]) -> int:
    """Return the seed that a script gives under another simulator's name, 0 where it gives none.

    Raises
    ------
    SettingError
        For a seed that is no whole number.
    """
    name = next((name for name in SEEDS if foreign.get(name) is not None), None)
    if name is None:
        return 0
    value = foreign[name]
    try:
        return operator.index(value[0] if name == "rng_seeds" else value)
    except (TypeError, LookupError) as error:
        what = "a list of whole numbers" if name == "rng_seeds" else "a whole number"
        raise SettingError(f"setup(): {name} = {value!r} must be {what}") from error


def share_of(foreign: Mapping[str, Any]) -> tuple[int, int]:
    """Return the number of processes and the rank that a script plays, (1, 0) where it says nothing.

    Raises
    ------
    SettingError
        For numbers that no MPI has.
    """
    n_processes, rank = foreign.get("num_processes", 1), foreign.get("rank", 0)
    if not (isinstance(n_processes, int) and isinstance(rank, int) and 0 <= rank < n_processes):
        raise SettingError(
            f"setup(): rank = {rank!r} of num_processes = {n_processes!r} must be whole numbers, "
            "0 to num_processes - 1"
        )
    return n_processes, rank


def check_names(names: Iterable[str], own: Iterable[str], mapping: Iterable[str]) -> None:
    """Refuse names that PyNN forbids, such as ``dt``, options of ``mapping``, and our own misspelt.

    Raises
    ------
    SettingError
        With the right name.
    """
    for name in names:
        if name in MISSPELT:
            raise SettingError(f"setup() has no argument {name!r}; PyNN calls it {MISSPELT[name]!r}")
        if name in mapping:
            raise SettingError(f"setup() has no argument {name!r}; give mapping={{{name!r}: ...}}")
        close = [] if name in KNOWN else difflib.get_close_matches(name, list(own), n=1, cutoff=0.8)
        if close:
            raise SettingError(f"setup() has no argument {name!r}; did you mean {close[0]!r}?")


def note_ignored(names: Iterable[str]) -> None:
    """Log once which arguments are ignored: those of PyNN's simulators as information, others as a warning."""
    ignored = [name for name in names if name not in (*SEEDS, *SHARE)]
    for level, chosen in (
        (logging.INFO, [name for name in ignored if name in KNOWN]),
        (logging.WARNING, [name for name in ignored if name not in KNOWN]),
    ):
        if chosen:
            logger.log(
                level, "setup(): ignored, arguments of other simulators: %s", ", ".join(sorted(chosen))
            )

"""The tracks of a trace: processes and threads with names, numbered from 1 as they are first used."""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]

PROCESSES = ("tiles", "links", "waiting packets")


class Tracks:
    """Numbers for the tracks of each process; they are shown by their rank."""

    def __init__(self) -> None:
        self._thread: dict[tuple[str, str], int] = {}
        self._rank: dict[tuple[str, str], int] = {}

    def of(self, process: str, name: str, rank: int) -> tuple[int, int]:
        """Return the ids of a track's process and thread."""
        key = (process, name)
        if key not in self._thread:
            self._thread[key] = 1 + len(self._thread)
            self._rank[key] = rank
        return PROCESSES.index(process) + 1, self._thread[key]

    def metadata(self) -> list[Event]:
        """Return the events that name and order processes and threads."""
        used = [process for process in PROCESSES if any(key[0] == process for key in self._thread)]
        events = []
        for process in used:
            pid = PROCESSES.index(process) + 1
            events += [
                _named("process_name", {"pid": pid}, name=process),
                _named("process_sort_index", {"pid": pid}, sort_index=pid),
            ]
        for (process, name), tid in self._thread.items():
            track = {"pid": PROCESSES.index(process) + 1, "tid": tid}
            events += [
                _named("thread_name", track, name=name),
                _named("thread_sort_index", track, sort_index=self._rank[process, name]),
            ]
        return events


def _named(what: str, whose: dict[str, int], **arguments: Any) -> Event:
    return {"ph": "M", "name": what, **whose, "args": arguments}

"""Which of the noted transfers brought each message."""

from __future__ import annotations

from collections import Counter, defaultdict

from neurohw.tracing import Messages, Transfers


def links_of_messages(messages: Messages, transfers: Transfers) -> list[list[int]]:
    """Return for each message the rows of the transfers that brought it, in the order of its way.

    Transfers that were not noted are left out. Where a cell fires several times in a tick, its packets take each
    link in the order in which they arrive.
    """
    rows = defaultdict(list)
    for row, key in enumerate(_keys(transfers)):
        rows[key].append(row)
    seen: Counter[tuple[int, int, int]] = Counter()
    before = transfers.step_before.tolist()
    ways = []
    for step, cell, fired in _keys(messages):
        count = seen[step, cell, fired]
        seen[step, cell, fired] += 1
        way = []
        at = step
        while at >= 0:
            found = rows.get((at, cell, fired), [])
            way += found[count : count + 1]
            at = before[at]
        ways.append(way[::-1])
    return ways


def _keys(packets: Messages | Transfers) -> list[tuple[int, int, int]]:
    return list(zip(packets.step.tolist(), packets.cell.tolist(), packets.fired.tolist(), strict=True))

"""Threads that meet at the end of each window: how often, and what happens when one is late or fails."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.workloads.brunel import brunel
from neurohw.backend import load
from neurohw.errors import SimulationError
from neurohw.program import Program
from neurohw_event import shares, team
from neurohw_event.cache_lines import CACHE_LINE
from neurohw_event.kernels.switching import WINDOW
from neurohw_event.transit import entries
from tests.event.test_blocks import TICKS, chain
from tests.event.test_ways_of_neurons import way
from tests.shared_runs import assert_same, run

pytestmark = pytest.mark.usefixtures("sharing_small_networks")


@pytest.mark.parametrize(("delay", "waits"), [(2, True), (10, True), (16, True), (17, False)])
def test_spikes_of_one_delay_wait_for_the_next_block_in_shares(delay: int, waits: bool) -> None:
    """They do not go onto the wheels, but are on them when a run is over; stops are no ends of windows."""
    network, stops = chain(delay), [3, 4, 71, TICKS]
    with way("grid"):
        assert_same(run(network, 1, stops), run(network, 2, stops))
        with load("event").open(Program(network), threads=2) as opened:
            opened.advance(TICKS)
            blocks = [part.block for part in opened._team._parts]
            assert [block.delay == delay for block in blocks] == [waits, waits]
            assert [int(block.n_waiting[0]) for block in blocks] == [0, 0]
            assert sum(len(entries(wheel, opened.tick)[0]) for wheel in opened._team.pendings) > 0


def test_windows_begin_without_a_meeting_while_cells_stay_on_the_grid() -> None:
    """What is left is a meeting at each choice of ways, one at the end of each window, and two for the run."""
    delay = 8
    with way("grid"), load("event").open(Program(chain(delay)), threads=2) as opened:
        opened.advance(WINDOW)
        met, until = opened._team._parts[0].share.met, 5 * WINDOW
        before = int(met[0])
        opened.advance(until)
        n_windows = (until - WINDOW) // delay
        assert int(met[0]) - before <= n_windows + (until - WINDOW) // WINDOW + 2


def test_a_thread_that_waits_for_long_lets_others_work() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "PATIENCE", 1)
        assert_same(run(chain(5), 1), run(chain(5), 3))


def test_shares_of_a_network_are_of_whole_cache_lines_where_they_are_large() -> None:
    least = 3 * shares.LARGE_SHARE
    large, small = brunel(5 * shares.LARGE_SHARE, 1), brunel(60, 20)
    for network in (large, small):
        bounds = shares.bounds_of(network, 3)
        first = np.array([p.first for p in network.populations])
        size = np.array([p.size for p in network.populations])
        np.testing.assert_array_equal(bounds[:, [0, -1]], np.stack([first, first + size], axis=1))
        assert (np.ptp(np.diff(bounds, axis=1), axis=1) <= np.where(size >= least, 2 * CACHE_LINE, 1)).all()
    within = shares.bounds_of(large, 3) - shares.bounds_of(large, 3)[:, :1]
    is_large = within[:, -1] >= least
    assert is_large.any()
    assert not (within[is_large, 1:-1] % CACHE_LINE).any()


def test_an_error_in_one_thread_ends_all() -> None:
    with (
        load("event").open(Program(chain(5)), threads=3) as opened,
        pytest.MonkeyPatch.context() as patch,
    ):
        simulate_share = team.run_share

        def fail(*args):
            if args[-1].number == 1:
                raise MemoryError("no room")
            return simulate_share(*args)

        patch.setattr(team, "run_share", fail)
        with pytest.raises(MemoryError, match="no room"):
            opened.advance(50)
        with pytest.raises(SimulationError, match="cannot go on"):
            opened.advance(60)
        with pytest.raises(SimulationError, match="cannot go on"):
            opened.set(Program(chain(5)))

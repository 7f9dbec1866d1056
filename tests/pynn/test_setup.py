"""What setup() starts anew."""

from __future__ import annotations


def test_setup_starts_as_one_process(sim):
    sim.simulator.state.num_processes, sim.simulator.state.mpi_rank = 2, 1
    sim.setup()
    assert (sim.num_processes(), sim.rank()) == (1, 0)


def test_a_misspelt_argument_of_pynns_is_ignored_as_elsewhere(sim, caplog):
    sim.setup(timestep=0.2, nmin_delay=0.4)
    assert sim.get_min_delay() == 0.2
    assert "ignored" in caplog.text
    assert "nmin_delay" in caplog.text

"""Recorded data in the form that PyNN defines."""

from __future__ import annotations

import neo
import numpy as np
import pyNN.errors
import pytest

from neurohw.errors import SimulationError
from neurohw.pynn.data.segments import SpikeTrains


@pytest.fixture
def sources(sim, book):
    """Three sources after one cell that takes the first ids."""
    sim.Population(2, sim.IF_curr_exp())
    times = [[1.0, 3.0, 12.0], [], [2.0, 3.0, 4.0]]
    return sim.Population(3, sim.SpikeSourceArray(spike_times=times), label="s")


@pytest.fixture
def cells(sim, book):
    return sim.Population(3, sim.IF_curr_exp(), label="c")


def trains(segment):
    return [train.rescale("ms").magnitude.round(6).tolist() for train in segment.spiketrains]


def test_spike_trains(sim, sources):
    sources.record("spikes")
    sim.run(5.0)
    segment = sources.get_data().segments[0]
    assert isinstance(segment.spiketrains, SpikeTrains)
    assert trains(segment) == [[1.0, 3.0], [], [2.0, 3.0, 4.0]]
    train = segment.spiketrains[2]
    assert (train.t_start, train.t_stop) == (0.0, 5.0)
    assert train.annotations == {"source_population": "s", "source_index": 2, "channel_id": 4}
    assert train.segment is segment
    ids, times = segment.spiketrains.multiplexed
    assert ids.tolist() == [2, 4, 2, 4, 4]
    assert times.tolist() == pytest.approx([1.0, 2.0, 3.0, 3.0, 4.0])


def test_only_recorded_cells_and_those_of_the_view(sim, sources):
    sources[1:].record("spikes")
    sim.run(5.0)
    assert trains(sources.get_data().segments[0]) == [[], [2.0, 3.0, 4.0]]
    assert trains(sources[2:].get_data().segments[0]) == [[2.0, 3.0, 4.0]]
    assert sources.get_spike_counts() == {3: 0, 4: 3}
    assert sources[2:].get_spike_counts() == {4: 3}
    assert sources.mean_spike_count() == 1.5


def test_signals(sim, cells):
    cells[np.array([0, 2])].record("v", sampling_interval=0.5)
    sim.run(2.0)
    (signal,) = cells.get_data("v").segments[0].analogsignals
    assert (signal.name, str(signal.units.dimensionality)) == ("v", "mV")
    assert signal.magnitude.tolist() == [[n, n + 0.002] for n in (0, 5, 10, 15, 20)]
    assert signal.times.rescale("ms").magnitude.tolist() == pytest.approx([0, 0.5, 1, 1.5, 2])
    assert signal.annotations["source_population"] == "c"
    assert signal.annotations["channel_ids"].tolist() == [0, 2]
    assert signal.array_annotations["channel_index"].tolist() == [0, 2]


def test_metadata_of_the_block(sim, cells):
    cells.record("v")
    cells.annotate(layer=4)
    sim.run(1.0)
    block = cells.get_data()
    assert isinstance(block, neo.Block)
    assert (block.name, block.segments[0].name) == ("c", "segment000")
    expected = {"size": 3, "first_id": 0, "label": "c", "simulator": "neurohw", "dt": 0.1, "layer": 4}
    assert expected.items() <= block.annotations.items()


def test_each_reset_begins_a_segment(sim, sources):
    sources.record("spikes")
    sim.run(5.0)
    sim.reset(annotations={"trial": 1})
    assert sim.get_current_time() == 0.0
    sim.run(2.0)
    for _ in range(2):  # reading does not change what is kept
        block = sources.get_data("spikes")
        assert [segment.name for segment in block.segments] == ["segment000", "segment001"]
        assert trains(block.segments[0]) == [[1.0, 3.0], [], [2.0, 3.0, 4.0]]
        assert trains(block.segments[1]) == [[1.0], [], [2.0]]
        assert [segment.spiketrains[0].t_stop for segment in block.segments] == [5.0, 2.0]
        assert block.segments[0].annotations == {"trial": 1}


def test_reading_one_variable_keeps_the_others(sim, cells):
    cells.record(["v", "isyn_exc"])
    sim.run(1.0)
    sim.reset()
    names = [signal.name for signal in cells.get_data("v").segments[0].analogsignals]
    assert names == ["v"]
    names = {signal.name for signal in cells.get_data().segments[0].analogsignals}
    assert names == {"v", "isyn_exc"}
    assert cells[0:1].get_data("v").segments[0].analogsignals[0].shape == (11, 1)


def test_two_resets_in_a_row_make_one_segment(sim, cells):
    cells.record("v")
    sim.run(1.0)
    sim.reset()
    sim.reset()
    assert len(cells.get_data().segments) == 1


def test_cleared_data_come_once(sim, sources, cells):
    sources.record("spikes")
    cells.record("v")
    sim.run(3.0)
    first, first_v = sources.get_data(clear=True), cells.get_data(clear=True)
    assert trains(first.segments[0]) == [[1.0, 3.0], [], [2.0, 3.0]]
    assert first_v.segments[0].analogsignals[0].shape == (31, 3)
    assert sources.get_spike_counts() == {2: 0, 3: 0, 4: 0}
    sim.run(10.0)
    (segment,) = sources.get_data().segments
    assert trains(segment) == [[12.0], [], [4.0]]
    assert (segment.spiketrains[0].t_start, segment.spiketrains[0].t_stop) == (3.0, 13.0)
    (signal,) = cells.get_data().segments[0].analogsignals
    assert signal.t_start == 3.0
    assert signal.magnitude[[0, -1], 0].tolist() == [30, 130]
    sim.reset()  # what came after the clearing is kept
    sim.run(1.5)
    assert [trains(s) for s in sources.get_data().segments] == [[[12.0], [], [4.0]], [[1.0], [], []]]


def test_nothing_is_kept_when_all_was_cleared(sim, sources):
    sources.record("spikes")
    sim.run(3.0)
    sources.get_data(clear=True)
    sim.reset()
    sim.run(1.0)
    assert len(sources.get_data().segments) == 1


def test_recording_that_begins_during_a_run(sim, book, sources, cells):
    cells.record("v", sampling_interval=0.4)
    sim.run(2.0)
    sources.record("spikes")
    cells.record("isyn_exc")
    sim.run(1.0)
    assert trains(sources.get_data().segments[0]) == [[3.0], [], [3.0]]
    signals = {signal.name: signal for signal in cells.get_data().segments[0].analogsignals}
    assert signals["v"].times.rescale("ms").magnitude.tolist() == pytest.approx(np.arange(8) * 0.4)
    assert signals["isyn_exc"].t_start.item() == pytest.approx(2.4)
    assert signals["isyn_exc"].magnitude[:, 0].tolist() == [24, 28]


def test_what_is_recorded_cannot_change_shape_during_a_run(sim, cells):
    cells[:1].record("v")
    sim.run(1.0)
    with pytest.raises(SimulationError, match="'c': v is being recorded from 1 cells"):
        cells.record("v")
    with pytest.raises(ValueError, match="same sampling interval"):
        cells[:1].record("v", sampling_interval=0.2)


def test_recording_can_be_stopped(sim, book, cells):
    cells.record("v")
    cells.record(None)
    sim.run(1.0)
    assert book.sessions[0].network.probes == ()
    assert len(cells.get_data().segments[0].analogsignals) == 0


def test_unknown_variables_and_missing_data(sim, cells):
    with pytest.raises(
        pyNN.errors.RecordingError, match="'c': cannot record 'gsyn_exc' from IF_curr_exp; did you"
    ):
        cells.record("gsyn_exc")
    cells.record("v")
    with pytest.raises(SimulationError, match="population 'c': no data yet; call run"):
        cells.get_data()
    with pytest.raises(pyNN.errors.NothingToWriteError):
        cells.get_data()


def test_assemblies_join_their_populations(sim, sources, cells):
    both = cells + sources[1:]
    both.record("spikes")
    cells.record("v")
    sim.run(3.5)
    block = both.get_data()
    assert len(block.segments) == 1
    assert trains(block.segments[0]) == [[], [], [], [], [2.0, 3.0]]
    assert block.segments[0].analogsignals[0].shape == (36, 3)
    assert sum(both.get_spike_counts().values()) == 2


def test_written_data_can_be_read(sim, sources, tmp_path):
    path = tmp_path / "out.pkl"
    sources.record("spikes", to_file=str(path))
    sim.run(5.0)
    sim.end()
    assert path.exists()
    assert trains(sources.get_data().segments[0]) == [[1.0, 3.0], [], [2.0, 3.0, 4.0]]


def test_a_million_spikes_stay_arrays(sim, book, cells, monkeypatch):
    cells.record("spikes")
    sim.run(1.0)
    result = sim.simulator.state.result()
    n = 10**6
    object.__setattr__(result, "spikes", type(result.spikes)(np.arange(n) % 3, np.sort(np.arange(n) % 10)))
    spike_trains = cells.get_data().segments[0].spiketrains
    assert spike_trains._items is None  # no SpikeTrain objects until somebody looks
    assert [train.size for train in spike_trains] == [333334, 333333, 333333]


def test_one_train_is_made_without_the_others(sim, sources):
    sources.record("spikes")
    sim.run(5.0)
    spike_trains = sources.get_data().segments[0].spiketrains
    last = spike_trains[-1]
    assert last.magnitude.tolist() == pytest.approx([2.0, 3.0, 4.0])
    assert spike_trains._items is None
    assert spike_trains[2] is last is list(spike_trains)[2]
    with pytest.raises(IndexError):
        spike_trains[3]


def test_trains_joined_keep_their_order_and_annotations(sim, sources):
    sources.record("spikes")
    sim.run(5.0)
    first, second = (sources[chosen].get_data().segments[0].spiketrains for chosen in ([2], [0, 1]))
    joined = first + second
    assert [train.annotations["source_index"] for train in joined] == [2, 0, 1]
    first += second
    assert [train.size for train in first] == [3, 2, 0]


def test_raw_spikes(sim, sources, cells):
    sources.record("spikes")
    with pytest.raises(SimulationError, match="call run"):
        sources.raw_spikes()
    sim.run(5.0)
    ids, times = sources.raw_spikes()
    assert ids.tolist() == [2, 4, 2, 4, 4]
    assert times.tolist() == pytest.approx([1.0, 2.0, 3.0, 3.0, 4.0])
    assert sources.raw_spikes()[0] is ids  # nothing is computed again
    assert [array.tolist() for array in sources[2:].raw_spikes()] == [[4, 4, 4], pytest.approx([2, 3, 4])]
    assert (cells + sources).raw_spikes()[0].tolist() == ids.tolist()
    with pytest.raises(ValueError, match="read-only"):
        times[0] = 0.0
    sources.get_data(clear=True)
    assert sources.raw_spikes()[0].size == 0
    sim.run(10.0)
    sim.end()
    assert sources.raw_spikes()[1].tolist() == pytest.approx([12.0])


def test_data_can_be_edited_without_harm(sim, sources):
    sources.record("spikes")
    sim.run(5.0)
    sources.get_data().segments[0].spiketrains.multiplexed[1][:] *= 2
    assert trains(sources.get_data().segments[0])[0] == [1.0, 3.0]


@pytest.mark.filterwarnings("ignore:.*deprecated")
def test_short_forms_of_pynn(sim, book):
    """The older names that PyNN derives from get_data() and get_spike_counts()."""
    cells = sim.Population(2, sim.IF_cond_exp())
    cells.record(["gsyn_exc", "gsyn_inh", "v", "spikes"])
    sim.run(1.0)
    names = {signal.name for signal in cells.get_gsyn().segments[0].analogsignals}
    assert names == {"gsyn_exc", "gsyn_inh"}
    assert len(cells.get_v().segments[0].analogsignals) == 1
    assert len(cells.getSpikes().segments[0].spiketrains) == 2
    assert cells.meanSpikeCount() == 0.0

"""Every fault of a network is found and named: object, index, value and limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neurohw.errors import NetworkError
from neurohw.network import (
    MODELS,
    SYNAPSE_MODELS,
    CurrentSteps,
    Network,
    Population,
    Probe,
    SpikeTrains,
    Synapses,
    csr_from_pairs,
    verify,
)


def sound() -> Network:
    """Two array sources onto three cells, everything recorded, a current into one."""
    trains = SpikeTrains.from_lists([[5, 1], []])
    source = Population("source", MODELS["SpikeSourceArray"], 0, 2, {}, trains=trains)
    model = MODELS["IF_curr_exp"]
    values = {name: np.full(3, p.default) for name, p in model.parameters.items()}
    cells = Population("cells", model, 2, 3, values, {"v": np.full(3, -65.0)})
    synapses = Synapses("s", 0, 1, "excitatory", [0, 2, 3], [0, 1, 2], [1.0, 2.0, 3.0], [1, 2, 3])
    currents = CurrentSteps([2], [4], [0.1])
    probes = (Probe(1, "spikes", [0, 2]), Probe(1, "v", [1]))
    return Network(0.1, (source, cells), (synapses,), currents, probes)


def cells_with(**values) -> tuple[Population, ...]:
    source, cells = sound().populations
    parameters = cells.parameters | {name: np.asarray(value, float) for name, value in values.items()}
    return source, replace(cells, parameters=parameters)


def synapses_with(**values) -> tuple[Synapses, ...]:
    return (replace(sound().synapses[0], **values),)


STDP = SYNAPSE_MODELS["stdp_spike_pair_additive"]


def stdp_with(**values) -> dict[str, np.ndarray]:
    given = {name: p.default for name, p in STDP.parameters.items()} | values
    return {name: np.full(3, value) for name, value in given.items()}


QUANTAL = SYNAPSE_MODELS["multi_quantal"]


def quantal_with(**values) -> dict[str, np.ndarray]:
    given = {name: p.default for name, p in QUANTAL.parameters.items()} | values
    return {name: np.full(3, value) for name, value in given.items()}


def adexp_with(**values) -> tuple[Population, ...]:
    source, cells = sound().populations
    model = MODELS["EIF_cond_exp_isfa_ista"]
    given = {name: p.default for name, p in model.parameters.items()} | values
    parameters = {name: np.full(3, value) for name, value in given.items()}
    return source, replace(cells, model=model, parameters=parameters)


def test_a_sound_network_passes() -> None:
    verify(sound())
    verify(replace(sound(), synapses=synapses_with(model=STDP, parameters=stdp_with())))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"timestep_ms": 0.0}, "network: timestep 0.0 ms is not a positive number"),
        (
            {"populations": cells_with(tau_m=[1, 0, -2])},
            r"'cells': tau_m\[1\] = 0.0, must be above 0.0 \(and 1 more\)",
        ),
        ({"populations": cells_with(cm=[1, np.nan, 1])}, r"cm\[1\] = nan, must be a finite number of nF"),
        ({"populations": cells_with(tau_refrac=[0, 0, -1])}, r"tau_refrac\[2\] = -1.0, must be at least 0.0"),
        (
            {"populations": cells_with(v_reset=[-65, -65, -40])},
            r"v_reset\[2\] = -40.0, must be below v_thresh",
        ),
        ({"populations": cells_with(tau_syn=[1, 1, 1])}, "no parameter 'tau_syn'; did you mean 'tau_syn_"),
        ({"populations": cells_with(cm=[1, 1])}, r"cm has shape \(2,\), expected \(3,\)"),
        ({"synapses": synapses_with(target=[0, 3, 1])}, r"'s': target\[1\] = 3, must be between 0 and 2"),
        ({"synapses": synapses_with(weight=[1, np.inf, 1])}, r"weight\[1\] = inf, must be a finite number"),
        ({"synapses": synapses_with(delay=[1, 0, 1])}, r"delay\[1\] = 0, must be at least 1 tick"),
        ({"synapses": synapses_with(indptr=[0, 2, 4])}, "indptr must have 3 entries from 0 to 3"),
        ({"synapses": synapses_with(receptor="gaba")}, "no receptor 'gaba'; it has excitatory, inhibitory"),
        (
            {"synapses": synapses_with(post=0)},
            r"'source' \(SpikeSourceArray\) has no receptor 'excitatory'; it has none",
        ),
        ({"synapses": synapses_with(pre=7)}, "pre population 7, the network has 2"),
        ({"currents": CurrentSteps([0], [1], [0.1])}, r"'source' \(SpikeSourceArray\) takes no current"),
        (
            {"synapses": synapses_with(model=QUANTAL, parameters=quantal_with(n=1.5))},
            r"'s': n\[0\] = 1.5, must be a whole number \(and 2 more\)",
        ),
        (
            {"populations": adexp_with(delta_T=0.0, v_reset=-45.0), "probes": ()},
            r"'cells': v_reset\[0\] = -45.0, must be below v_thresh, as delta_T is 0",
        ),
        (
            {"populations": adexp_with(v_reset=-40.0), "probes": ()},
            r"'cells': v_reset\[0\] = -40.0, must be below v_spike",
        ),
        (
            {"populations": cells_with(v_reset=[1.0, 2.0])},
            r"'cells': v_reset has shape \(2,\), expected \(3,\)",
        ),
        ({"currents": CurrentSteps([9], [1], [0.1])}, r"cell\[0\] = 9, must be below 5"),
        ({"currents": CurrentSteps([2, 2], [4, 3], [1, 1])}, r"tick\[1\] = 3, must be ascending"),
        (
            {"currents": CurrentSteps([2, 2], [4], [1])},
            "2 cells, 1 ticks and 1 steps, must be as many of each",
        ),
        (
            {"probes": (Probe(1, "gsyn_exc", [0]),)},
            "no variable 'gsyn_exc'; it has spikes, v, isyn_exc, isyn_inh",
        ),
        ({"probes": (Probe(1, "v", [3]),)}, r"cell\[0\] = 3, must be between 0 and 2"),
        ({"probes": (Probe(1, "v", [1, 1]),)}, r"cell\[1\] = 1, must be ascending, each cell once"),
        ({"probes": (Probe(1, "v", [1]), Probe(1, "v", [2]))}, "'v' of population 1 is recorded twice"),
        ({"probes": (Probe(1, "v", [1], every=0),)}, "sampled every 0 ticks, at least 1 is needed"),
        (
            {"populations": cells_with(cm=[1.0, 1.0, 1e-308])},
            r"\(i_offset \* tau_m / cm\)\[2\] = inf, must be at most 1e\+100 mV",
        ),
        (
            {"populations": cells_with(i_offset=[1.0, 1e99, 1.0])},
            r"\(i_offset \* tau_m / cm\)\[1\] = 2e\+100, must be",
        ),
        (
            {"synapses": synapses_with(weight=[1.0, -1e101, 3.0])},
            r"weight\[1\] = -1e\+101, must be a finite number, and at most 1e\+100",
        ),
        (
            {"currents": CurrentSteps([2], [4], [1e308])},
            r"step\[0\] = 1e\+308, must be a finite number, and at most 1e\+100",
        ),
    ],
)
def test_a_fault_is_named(changes, message) -> None:
    with pytest.raises(NetworkError, match=message):
        verify(replace(sound(), **changes))


@pytest.mark.parametrize("values", [{"cm": [1e-90] * 3}, {"i_offset": [-1e98] * 3}, {"tau_m": [1e99] * 3}])
def test_strange_values_that_stay_numbers(values) -> None:
    verify(replace(sound(), populations=cells_with(**values)))


def test_all_faults_are_listed_at_once() -> None:
    faulty = replace(
        sound(), synapses=synapses_with(weight=[np.nan] * 3, delay=[0, 1, 1]), probes=(Probe(5, "v", [0]),)
    )
    with pytest.raises(NetworkError) as caught:
        verify(faulty)
    assert len(str(caught.value).splitlines()) == 3


def test_rows_keep_the_order_of_their_connections() -> None:
    rng = np.random.default_rng(0)
    pre, post = rng.integers(0, 7, 100), rng.integers(0, 9, 100)
    indptr, target, weight, delay = csr_from_pairs(
        pre, post, 7, np.arange(100.0), np.broadcast_to(np.int32(3), 100)
    )
    for row in range(7):
        mine = np.flatnonzero(pre == row)
        assert target[indptr[row] : indptr[row + 1]].tolist() == post[mine].tolist()
        assert weight[indptr[row] : indptr[row + 1]].tolist() == mine.tolist()
    assert delay.strides == (0,), "a constant stays one number"


def test_the_digest_depends_on_what_decides_the_run() -> None:
    network = sound()
    assert network.digest() == sound().digest()
    assert network.digest() == replace(network, probes=()).digest()
    others = [
        replace(network, timestep_ms=0.2),
        replace(network, synapses=synapses_with(weight=[1.0, 2.0, 4.0])),
        replace(network, populations=cells_with(cm=[1.0, 1.0, 2.0])),
        replace(network, currents=CurrentSteps.none()),
    ]
    assert len({network.digest(), *(other.digest() for other in others)}) == 5


def test_arrays_cannot_be_edited() -> None:
    with pytest.raises(ValueError, match="read-only"):
        sound().synapses[0].weight[0] = 5.0

"""The compiler as a whole: defaults, determinism, errors, and that nothing upstream is edited."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurohw
from neurohw.compiler import compile_network, kernels
from neurohw.errors import CapacityError, MappingError, NetworkError, SettingError, UnknownNameError
from neurohw.hardware import load_chip
from neurohw.network import Synapses
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.networks import networks

MESH = load_chip("mesh")


def arrays_of(holder):
    """Return the arrays of a dataclass by name."""
    return {
        f.name: getattr(holder, f.name)
        for f in fields(holder)
        if isinstance(getattr(holder, f.name), np.ndarray)
    }


@examples(40)
@given(networks(max_cells=30), st.sampled_from([None, "nearest", "stochastic"]))
def test_compiling_is_deterministic_and_edits_nothing(network, quantize):
    before = network.digest()
    chip = MESH.replace(columns=3)
    first = compile_network(network, chip, quantize=quantize, seed=5)
    second = compile_network(network, chip, quantize=quantize, seed=5)
    assert network.digest() == before
    assert first.digest() == second.digest()
    assert first.chip is chip
    for part in (first.clusters, first.placement, first.routes, first.routes.links):
        for name, array in arrays_of(part).items():
            assert not array.flags.writeable, name
            assert array.flags.c_contiguous, name


@examples(30)
@given(networks(max_cells=30))
def test_usage_adds_up(network):
    program = compile_network(network, MESH.replace(columns=3, crossbars=2))
    usage = program.tile_usage()
    neurons = [p for p in network.populations if not p.model.is_source]
    assert usage.cells.sum() == sum(p.size for p in neurons)
    assert usage.crossbars.sum() == program.clusters.n_crossbars.sum()
    assert usage.rows.sum() == program.clusters.n_rows.sum()
    assert len(usage.cells) == len(usage.crossbars) == len(usage.rows) == MESH.n_tiles
    for population in neurons:
        assert (
            usage.cells[program.placement.tile_of_cell[population.first : population.first + 1]] > 0
        ).all()


def test_without_a_chip_the_program_holds_the_network_alone():
    network = network_of_pairs(3, [(0, 1)])
    program = compile_network(network)
    assert program.network is network
    assert (program.chip, program.clusters, program.placement, program.routes) == (None,) * 4
    assert program.tile_usage() is None


def test_a_chip_by_name_or_path(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text('base = "mesh"\n[interconnect]\nwidth = 2\nheight = 1\n')
    network = network_of_pairs(3, [(0, 1)])
    assert compile_network(network, "mesh").chip == MESH
    assert (
        compile_network(network, path).chip.n_tiles == compile_network(network, str(path)).chip.n_tiles == 2
    )
    assert neurohw.compile is compile_network


def test_the_observer_sees_every_step():
    seen = []
    network = network_of_pairs(3, [(0, 1)])
    program = compile_network(network, MESH, quantize="nearest", observe=lambda *step: seen.append(step))
    assert [name for name, _, _ in seen] == ["verify", "partition", "place", "route", "quantize"]
    assert all(seconds >= 0 for _, seconds, _ in seen)
    assert [value for _, _, value in seen] == [
        None,
        program.clusters,
        program.placement,
        program.routes,
        program.network,
    ]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"partitioner": "gredy"}, "unknown partitioner 'gredy'; did you mean 'greedy'\\? Known: greedy, "),
        ({"placer": "snail"}, "unknown placer 'snail'; .*Known: anneal, .*, snake"),
        ({"router": "xy"}, "unknown router 'xy'.* Known: shortest"),
        ({"quantize": "near"}, "unknown quantizer 'near'; .*Known: exact, nearest, stochastic"),
        ({"chip": "mehs"}, "unknown chip 'mehs'; did you mean 'mesh'"),
    ],
)
def test_unknown_names(option, message):
    with pytest.raises(UnknownNameError, match=message):
        compile_network(network_of_pairs(2, []), **({"chip": MESH} | option))


def test_quantize_needs_a_chip():
    with pytest.raises(SettingError, match="quantize = 'nearest' needs a chip"):
        compile_network(network_of_pairs(2, []), quantize="nearest")


def test_an_unsound_network_is_refused_first():
    network = network_of_pairs(2, [(0, 1)], weight=[np.nan])
    with pytest.raises(NetworkError, match="weight"):
        compile_network(network, MESH)


def test_an_algorithm_that_returns_nonsense_is_stopped(monkeypatch):
    from neurohw.compiler import pipeline

    def all_in_one_column(network, *arguments, **options):
        clusters = partition_network(network, *arguments, **options)
        return replace(clusters, column_of_cell=np.zeros(network.n_cells))

    partition_network = pipeline.partition_network
    monkeypatch.setattr(pipeline, "partition_network", all_in_one_column)
    with pytest.raises(MappingError, match="neuron 1: column_of_cell = 0, expected not"):
        compile_network(network_of_pairs(2, []), MESH)


def test_a_network_of_sources_and_an_empty_one():
    program = compile_network(network_of_pairs(0, [], n_sources=2), MESH)
    assert program.clusters.n_clusters == 0
    assert program.routes.tree_of_cell.tolist() == [-1, -1]
    assert compile_network(network_of_pairs(0, []), MESH).tile_usage().cells.sum() == 0


def test_the_digest_tells_programs_apart():
    network = network_of_pairs(4, [(0, 1), (1, 3)])
    program = compile_network(network, MESH)
    assert compile_network(network, MESH.replace(name="other", description="x")).digest() == program.digest()
    others = [
        compile_network(network),
        compile_network(network, MESH.replace(hop_cycles=9)),
        compile_network(network, MESH.replace(columns=2)),
        compile_network(network_of_pairs(4, [(0, 1), (1, 2)]), MESH),
    ]
    assert len({program.digest(), *(other.digest() for other in others)}) == 5


def test_a_large_network_is_refused_before_anything_is_placed():
    with pytest.raises(CapacityError, match="needs 40 tiles"):
        compile_network(network_of_pairs(40 * 128, []), MESH)


@pytest.mark.skipif(not hasattr(kernels.route_trees, "signatures"), reason="the JIT is off")
def test_every_kernel_is_compiled_once():
    network = network_of_pairs(6, [(0, 1), (1, 5), (4, 2)], n_sources=1, source_pairs=[(0, 3)])
    group = network.synapses[0]
    strided = np.repeat(group.target, 2)[::2]
    odd = Synapses(
        group.name, 0, 0, group.receptor, group.indptr.tolist(), strided, group.weight, group.delay
    )
    versions = []  # of every kernel, after each chip; other tests may have made some of them
    for net in (network, replace(network, synapses=(odd,))):
        for chip in (MESH, MESH.replace(multicast=False, columns=2, crossbars=3)):
            compile_network(net, chip, merge_columns=chip.tile.crossbars > 1)
        versions.append({n: len(k.signatures) for n, k in vars(kernels).items() if hasattr(k, "signatures")})
    assert versions[0] == versions[1]


@pytest.mark.parametrize("placer", ["anneal", "hillclimb", "snake"])
def test_objectives_and_quantizers_are_names(placer):
    network = network_of_pairs(3, [(0, 1), (1, 2)])
    known = "must be a name: energy, hops, latency, max_link_load"
    with pytest.raises(SettingError, match=f"objective = <built-in function len> {known}"):
        compile_network(network, MESH, placer=placer, objective=len)
    with pytest.raises(
        SettingError, match="quantizer = <built-in function len> must be a name: exact, nearest,"
    ):
        compile_network(network, MESH, placer=placer, quantize=len)

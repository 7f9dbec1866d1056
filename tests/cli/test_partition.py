"""The command ``neurohw partition``: figures, files, relays and what it says about bad input."""

import json

import numpy as np
import pytest

from neurohw.compiler.partition import PARTITIONERS
from neurohw.interchange import read_neuron_graph
from neurohw.workload import NeuronGraph, save_workload

# Song et al. 2020, doi:10.1145/3372799.3394364: cells 0 to 5 come from outside, cell i fires i + 1 times
CONNECTIONS = "# who sends to whom\n0 6\n1 6 7 8\n2,7,8\n3 7\n4 7 8\n5 7 8\n"
SPIKES = "".join(f"{cell} {' '.join(str(time) for time in range(cell + 1))}\n" for cell in range(6))


@pytest.fixture
def files(write):
    """Return the options that name both files of the example."""
    return "--connections", write(CONNECTIONS, "conn.txt"), "--spikes", write(SPIKES, "spikes.txt")


@pytest.fixture
def a_chain(write):
    """Three neurons behind each other, that listen to one input, too."""
    connections = write("0 1 2 3\n1 2\n2 3\n", "conn.txt")
    return "--connections", connections, "--spikes", write("0 1.5\n1 1 2\n2 1 2 3\n", "spikes.txt")


@pytest.mark.parametrize(("crossbar", "clusters", "packets", "relays"), [(4, 2, 14, 2), (3, 4, 24, 3)])
def test_the_published_example(call_json, files, crossbar, clusters, packets, relays):
    size = ("--rows", crossbar, "--columns", crossbar)
    code, data = call_json("partition", *files, *size, "--partitioner", "greedy", "--unroll", 2)
    assert code == 0
    assert (data["clusters"], data["packets"], data["synapse_spikes"]) == (clusters, packets, packets)
    assert (data["neurons"], data["inputs"], data["relays"]) == (3, 6, relays)
    assert data["seconds"] >= 0


@pytest.mark.parametrize("partitioner", PARTITIONERS)
def test_all_partitioners(call_json, a_chain, partitioner):
    size = ("--rows", 2, "--columns", 1, "--partitioner", partitioner)
    code, data = call_json("partition", *a_chain, *size)
    assert code == 0
    assert (data["clusters"], data["packets"], data["input_packets"]) == (3, 2 + 3, 3)


def test_files_and_a_text(call, a_chain, working_folder):
    outputs = ("--out", "clusters.txt", "--graph", "cluster.ir")
    code, out, _ = call("partition", *a_chain, "--rows", 2, "--columns", 2, *outputs)
    assert code == 0
    assert (working_folder / "clusters.txt").read_text() == "1 0\n2 0\n3 1\n"
    assert (working_folder / "cluster.ir").read_text() == "0 1 3\n"
    assert "3 neurons, 1 input and 0 relays in 2 clusters" in out
    assert "packets         3   (and 2 from inputs)" in out
    code, _, _ = call("place", "cluster.ir", "--mesh", "2x1", "--placer", "snake")
    assert code == 0


def test_a_workload_is_the_same_as_two_tables(call_json, files, working_folder):
    size = ("--rows", 5, "--columns", 1)
    save_workload(working_folder / "net.json", read_neuron_graph(files[1], files[3]))
    ours, theirs = (call_json("partition", *which, *size)[1] for which in (("--workload", "net.json"), files))
    assert all(ours[name] == theirs[name] for name in ours if "seconds" not in name)


@pytest.mark.parametrize(
    "options", [[], ["--spikes", "spikes.txt"], ["--workload", "w.json", "--connections", "conn.txt"]]
)
def test_what_to_partition_is_given_once(call, options):
    code, _, err = call("partition", *options)
    assert code == 2
    assert "give either --connections and --spikes, or --workload" in err


def test_unrolling_warns(call, files):
    code, _, err = call("partition", *files, "--rows", 4, "--columns", 4, "--unroll", 2)
    assert code == 0
    assert "results of a run would change" in err


@pytest.mark.parametrize(
    ("partitioner", "relays", "clusters", "rule"),
    [
        ("greedy", 2, 2, "before neurons with more than 2 inputs, where greedy has no room for all inputs"),
        ("sequential", 5, 4, "before neurons with more than 2 inputs, whether they fit a crossbar or not"),
        ("multilevel", 5, 4, "whether they fit a crossbar or not"),
    ],
)
def test_unrolling_says_by_which_rule(call_json, call, files, partitioner, relays, clusters, rule):
    options = (*files, "--rows", 4, "--columns", 4, "--unroll", 2, "--partitioner", partitioner)
    _, data = call_json("partition", *options)
    assert (data["relays"], data["clusters"]) == (relays, clusters)
    assert rule in call("partition", *options)[2]


@pytest.mark.parametrize("partitioner", ["greedy", "sequential"])
def test_unrolling_loses_no_neuron_without_inputs(call, working_folder, partitioner):
    """Cell 0 is a neuron that nobody sends to."""
    graph = NeuronGraph(
        np.array([0, 0, 3, 3, 3]), np.array([0, 2, 3]), np.array([1, 1, 0, 0]), np.array([1] * 4)
    )
    save_workload(working_folder / "net.json", graph)
    options = (
        "--workload",
        "net.json",
        "--unroll",
        2,
        "--rows",
        2,
        "--columns",
        1,
        "--partitioner",
        partitioner,
    )
    assert call("partition", *options, "--out", "clusters.txt")[0] == 0
    lines = (working_folder / "clusters.txt").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["0", "1", "4"]


def test_spikes_that_are_none_are_noted(call, write, files):
    silent = write("", "silent.txt")
    code, _, err = call("partition", *files[:2], "--spikes", silent, "--rows", 5)
    assert code == 0
    assert "silent.txt: no neuron and no input fires, so that all partitions have no packets" in err
    assert "fires, so that" not in call("partition", *files, "--rows", 5)[2]


def _silence_json(path):
    path.write_text(json.dumps(json.loads(path.read_text()) | {"is_neuron": [False] * 9}))


def _silence_hdf5(path):
    import h5py

    with h5py.File(path, "r+") as file:
        file["is_neuron"][:] = False


@pytest.mark.parametrize(("name", "change"), [("net.json", _silence_json), ("net.h5", _silence_hdf5)])
def test_neurons_that_a_workload_calls_none_are_refused(call, working_folder, files, name, change):
    """All synapses of the example would vanish."""
    if name == "net.h5":
        pytest.importorskip("h5py", reason="h5py is not installed: pip install 'neurohw[hdf5]'")
    graph = read_neuron_graph(files[1], files[3])
    save_workload(working_folder / name, graph)
    change(working_folder / name)
    code, _, err = call("partition", "--workload", name, "--rows", 5)
    assert code == 2
    assert f"{name}: cell 6: is_neuron is false, but it has 2 synapses onto it" in err


def test_merged_crossbars(call_json, files):
    code, data = call_json("partition", *files, "--rows", 3, "--columns", 4, "--merge", 2)
    assert code == 0
    assert data["relays"] == 0


@pytest.mark.parametrize(
    ("connections", "spikes", "message"),
    [
        ("0 x\n", "0 1\n", "conn.txt, line 1: 'x' must be a neuron"),
        ("0 1\n0 -1\n", "0 1\n", "conn.txt, line 2: '-1' must be a neuron"),
        ("0 1.5\n", "0 1\n", "conn.txt, line 1: '1.5' must be a neuron"),
        ("0 9999999999\n", "0 1\n", "'9999999999' must be a neuron, a whole number from 0 to 2,147,483,647"),
        (f"0 {'1' * 5000}\n", "0 1\n", "conn.txt, line 1: '1111111"),
        (
            "0 2147483647\n",
            "0 1\n",
            "conn.txt: neuron 2,147,483,647: neurons are counted from 0, and of 3 numbers",
        ),
        ("0 1\n", "1000003 1\n", "spikes.txt: neuron 1,000,003: neurons are counted from 0"),
        ("0\n1\n", "0 1\n", "conn.txt: no connections"),
        ("", "0 1\n", "conn.txt: no connections"),
        ("0 1\n", "0 -3\n", "spikes.txt, line 1: '-3' must be a time of at least 0"),
        ("0 1\n", "0 nan\n", "spikes.txt, line 1: 'nan' must be a time"),
        ("0 1\n", "0 1\n0 2\n", "spikes.txt, line 2: neuron 0 has spikes on a line before, too"),
        ("0 4\n1 4\n2 4\n", "0 1\n", "neuron 4: 3 distinct presynaptic cells, a crossbar has 2 rows"),
    ],
)
def test_bad_files(call, write, connections, spikes, message):
    files = ("--connections", write(connections, "conn.txt"), "--spikes", write(spikes, "spikes.txt"))
    code, _, err = call("partition", *files, "--rows", 2, "--columns", 2)
    assert code == 2
    assert message in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--partitioner", "gready"], "unknown partitioner 'gready'; did you mean 'greedy'?"),
        (["--unroll", "1"], "unroll = 1 must be from 2 to the rows of a crossbar, 128"),
        (["--rows", "0"], "--rows"),
        (["--rows", "9" * 20], "rows = 99999999999999999999 must be a whole number from 1 to 2,147,483,647"),
        (
            ["--columns", "9" * 20],
            "columns = 99999999999999999999 must be a whole number from 1 to 2,147,483,647",
        ),
        (["--merge", "9" * 20], "crossbars = 99999999999999999999 must be"),
        (["--seed", "-1"], "seed = -1"),
        (["--merge", "2", "--unroll", "2"], "--merge and --unroll: give one of them"),
        (
            ["--rows", "1", "--columns", "4"],
            "or join 2 crossbars (`neurohw partition --merge 2`), or unroll",
        ),
        (["--rows", "1", "--columns", "1"], "a crossbar has 1 row; use rows = 2"),
        (["--out", ""], "the name of a file is empty"),
    ],
)
def test_bad_options(call, files, options, message):
    code, _, err = call("partition", *files, *options)
    assert code == 2
    assert message in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "conn.txt"], "--out conn.txt would be written over --connections conn.txt"),
        (["--graph", "./spikes.txt"], "--graph spikes.txt would be written over --spikes spikes.txt"),
        (["--out", "same", "--graph", "same"], "--graph same would be written over --out same"),
        (["--graph", "none/cluster.ir"], "there is no folder none"),
    ],
)
def test_outputs_that_cannot_be(call, files, working_folder, options, message):
    code, _, err = call("partition", *files, *options)
    assert code == 2
    assert message in err
    assert {path.name for path in working_folder.iterdir()} == {"conn.txt", "spikes.txt"}
    assert (working_folder / "conn.txt").read_text() == CONNECTIONS

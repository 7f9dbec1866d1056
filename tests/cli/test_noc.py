"""``neurohw noc``: the laws of an interconnect, through the command; bad input; what is written."""

import csv
import gzip
import itertools

import numpy as np
import pytest

POINT = {
    "load", "accepted", "accepted_least", "created", "arrived", "latency_mean", "latency_p99", "latency_min",
    "latency_max", "hops", "steady", "cycles", "packet_links",
}  # fmt: skip
FIDELITIES = ("credit", "fcfs", "latency")


@pytest.fixture
def noc(call_json):
    """Return a function that runs the command with short runs: the JSON object."""

    def run(*arguments):
        options = dict(zip(arguments[::2], arguments[1::2], strict=True))
        options = {"--size": "3x3"} | ({} if "--trace" in options else {"--cycles": "1500"}) | options
        code, data = call_json("noc", *itertools.chain.from_iterable(options.items()))
        assert code == 0, data
        return data

    return run


def write_packets(folder, lines, heading="cycle,source,destination"):
    (folder / "packets.csv").write_text("\n".join([heading, *lines] if heading else lines) + "\n")
    return "packets.csv"


# ------------------------------------------------------------------ laws


@pytest.mark.parametrize("fidelity", FIDELITIES)
@pytest.mark.parametrize(("hop", "flits"), [(1, 1), (3, 1), (3, 4), (7, 2)])
def test_a_packet_alone_needs_exactly_the_cycles_of_its_way(noc, working_folder, fidelity, hop, flits):
    """Every pair of tiles, far apart in time: their mean, least and most are those of the formula."""
    pairs = list(itertools.product(range(9), range(9)))
    lines = [f"{1000 * index},{source},{to}" for index, (source, to) in enumerate(pairs)]
    trace = write_packets(working_folder, lines)
    data = noc("--trace", trace, "--fidelity", fidelity, "--hop-cycles", hop, "--flits", flits)
    (point,) = data["points"]
    hops = np.array([abs(s % 3 - t % 3) + abs(s // 3 - t // 3) for s, t in pairs])
    latency = hop * (hops + 1) + 2 + (flits - 1)
    assert point["latency_mean"] == pytest.approx(latency.mean(), abs=1e-12)
    assert (point["latency_min"], point["latency_max"]) == (latency.min(), latency.max())
    assert point["hops"] == pytest.approx(hops.mean())
    assert (point["created"], point["arrived"], point["steady"]) == (81, 81, True)


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_one_tile(noc, fidelity):
    data = noc("--size", "1x1", "--load", "0.01", "--fidelity", fidelity, "--cycles", 20_000)
    (point,) = data["points"]
    assert (point["hops"], point["latency_min"], point["steady"]) == (0, 3 + 2, True)
    assert point["latency_mean"] == pytest.approx(5, abs=0.1)
    assert data["ideal_saturation"] == 1


@pytest.mark.parametrize("fidelity", ["credit", "fcfs"])
@pytest.mark.parametrize(
    ("topology", "size", "pattern"),
    [
        ("mesh", "4x4", "transpose"), ("torus", "4x4", "uniform"), ("ring", "7", "tornado"),
        ("tree", "9", "uniform"), ("star", "5", "hotspot:3"), ("bus", "6", "uniform"),
    ],
)  # fmt: skip
def test_never_above_the_bound_and_steady_below_half_of_it(noc, fidelity, topology, size, pattern):
    common = ("--topology", topology, "--size", size, "--pattern", pattern, "--fidelity", fidelity)
    bound = noc(*common, "--load", "0.01")["ideal_saturation"]
    low, high = min(0.45 * bound, 1), min(1.3 * bound, 1)
    data = noc(*common, "--load", f"{low},{high}", "--depth", 16, "--cycles", 3000)
    below, above = data["points"]
    assert below["steady"]
    assert below["accepted"] == pytest.approx(low, rel=0.15)
    # a destination behind the busiest link gets no more than its share of it; others may get all they are sent
    assert above["accepted_least"] <= bound + 4 * np.sqrt(bound / 3000)
    assert not above["steady"] or high <= bound


def test_latency_does_not_fall_with_load_or_rise_with_room(noc):
    loads = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8]
    text = ",".join(map(str, loads))
    by_depth = [noc("--load", text, "--depth", depth, "--cycles", 4000) for depth in (2, 8, "inf")]
    for data in by_depth:
        assert [point["load"] for point in data["points"]] == loads
        means = [point["latency_mean"] for point in data["points"]]
        assert all(later >= 0.99 * earlier for earlier, later in itertools.pairwise(means))
    for shallow, deep in itertools.pairwise(by_depth):
        pairs = zip(shallow["points"], deep["points"], strict=True)
        assert all(b["latency_mean"] <= 1.02 * a["latency_mean"] for a, b in pairs)
        assert shallow["steady_up_to"] <= deep["steady_up_to"]


def test_contention_costs_and_only_contention(noc):
    by_fidelity = {name: noc("--load", "0.6", "--depth", 4, "--fidelity", name) for name in FIDELITIES}
    credit, fcfs, latency = (by_fidelity[name]["points"][0] for name in FIDELITIES)
    assert credit["latency_mean"] > fcfs["latency_mean"] > latency["latency_mean"]
    assert latency["latency_mean"] == pytest.approx(3 * (latency["hops"] + 1) + 2)
    assert credit["created"] == fcfs["created"] == latency["created"]
    assert credit["hops"] == fcfs["hops"] == latency["hops"]


def test_a_seed_gives_the_same_points_again_and_another_others(noc):
    runs = [noc("--load", "0.4", "--seed", seed)["points"] for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_nothing_limits_an_ideal_interconnect(noc):
    data = noc("--topology", "ideal", "--size", "12", "--load", "1", "--pattern", "hotspot")
    (point,) = data["points"]
    assert (data["ideal_saturation"], data["busiest_link"]) == (None, None)
    assert point["latency_min"] == point["latency_max"]
    assert point["steady"]


# ------------------------------------------------------------------ recorded packets


def test_recorded_packets_at_their_own_pace_and_others(noc, working_folder):
    rng = np.random.default_rng(2)
    lines = [f"{cycle},{rng.integers(9)},{rng.integers(9)}" for cycle in sorted(rng.integers(0, 3000, 2000))]
    trace = write_packets(working_folder, lines)
    own = noc("--trace", trace)
    (point,) = own["points"]
    assert own["traffic"] == "recorded"
    assert point["load"] == pytest.approx(2000 / 9 / 3000, rel=0.01)
    assert point["created"] == point["arrived"] == 2000
    slow, same, fast = noc("--trace", trace, "--load", f"0.01,{point['load']},0.5")["points"]
    assert same == point
    assert slow["latency_mean"] < same["latency_mean"] < fast["latency_mean"]
    assert slow["cycles"] > same["cycles"] > fast["cycles"]


def test_columns_may_stand_anywhere_and_headings_be_left_out(noc, working_folder):
    packets = ["0,0,8", "50,3,3", "50,8,1"]
    plain = noc("--trace", write_packets(working_folder, packets, heading=""))
    turned = [",".join([b, "x", c, a]) for a, b, c in (line.split(",") for line in packets)]
    named = noc("--trace", write_packets(working_folder, turned, "source,note,destination,cycle"))
    assert plain["points"] == named["points"]


def test_messages_of_a_run_are_packets(noc, working_folder):
    """A tick of this chip has 10 cycles of 10 ns; messages within a tile are no packets."""
    heading = "mid,timestep,src_hw,dest_hw,send_timestamp"
    rows = ["0,2,0.1,8,2e-08", "1,3,3.0,3,0", "2,3,3.0,5.1,1.5e-06"]
    path = working_folder / "messages.csv.gz"
    path.write_bytes(gzip.compress("\n".join([heading, *rows]).encode()))
    chip = ("--chip", "mesh", "--depth", 4)
    messages = noc(*chip, "--trace", path.name, "--timestep", 0.1)
    cycles = [2 * 10 + 2, 3 * 10 + 150]
    plain = write_packets(working_folder, [f"{cycles[0]},0,8", f"{cycles[1]},3,5"])
    assert messages["points"] == noc(*chip, "--trace", plain)["points"]
    assert messages["points"][0]["created"] == 2


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "no packets"),
        (["1,2"], "packets.csv, line 2: '1,2' must hold whole numbers"),
        (["1,2,x"], "line 2: '1,2,x'"),
        (["1,2,9"], "packets.csv: recorded packet 0: destination 9 must be from 0 to 8"),
        (["-1,2,3"], "cycle -1 must be from 0"),
        ([f"1{'0' * 30},2,3"], "line 2"),
        (["1,-2,3"], "source -2 must be from 0 to 8"),
    ],
)
def test_wrong_packets_are_named(call, working_folder, lines, message):
    trace = write_packets(working_folder, lines)
    code, _, err = call("noc", "--size", "3x3", "--trace", trace)
    assert (code, message in err) == (2, True), err


def test_files_that_are_none(call, working_folder):
    (working_folder / "binary.csv").write_bytes(b"\xff\xfe\x00,1")
    (working_folder / "plain.csv.gz").write_bytes(b"1,2,3")
    (working_folder / "other.csv").write_text("time,from,to\n1,2,3\n")
    for name, message in (
        ("missing.csv", "cannot be read"),
        ("binary.csv", "not a CSV file"),
        ("plain.csv.gz", "not a CSV file"),
        ("other.csv", "no column 'cycle'; it needs cycle, source, destination, and has time, from, to"),
    ):
        code, _, err = call("noc", "--trace", name)
        assert (code, message in err) == (2, True), err


# ------------------------------------------------------------------ chips, output, bad input


def test_a_chip_and_numbers_changed(noc):
    data = noc("--chip", "mesh", "--depth", 2, "--load", "0.05", "--hop-cycles", 5, "--flits", 3)
    assert (data["chip"], data["depth"], data["hop_cycles"], data["flits"]) == ("mesh", 2, 5, 3)
    assert data["tiles"] == 9


def test_a_seed_draws_the_ways_of_recorded_packets_where_there_are_several(noc, working_folder):
    path = write_packets(working_folder, [f"{cycle},0,8" for cycle in range(50)])
    points = [
        noc("--topology", "torus", "--size", "4x4", "--trace", path, "--seed", seed)["points"]
        for seed in (1, 2)
    ]
    assert points[0] != points[1]


def test_a_policy_that_plays_no_part_is_said(call):
    arguments = ("--size", "2x2", "--load", "0.1", "--cycles", 100)
    assert "full_buffer = 'drop_after_wait' of the chip" in call("noc", "--chip", "spinnaker1", *arguments)[1]
    assert "full_buffer" not in call("noc", "--chip", "spinnaker1", "--fidelity", "fcfs", *arguments)[1]
    assert "full_buffer" not in call("noc", *arguments)[1]


def test_no_packets_give_no_latency(call, noc):
    few = ("--size", "2x2", "--load", "0.001", "--cycles", "1")
    (point,) = noc(*few)["points"]
    assert (point["created"], point["latency_mean"], point["latency_p99"], point["hops"]) == (
        0,
        None,
        None,
        None,
    )
    code, out, _ = call("noc", *few)
    assert code == 0
    assert out.splitlines()[4].split() == ["0.001", "0", "-", "-", "-", "-", "-", "yes"]


def test_the_object_holds_what_is_promised(noc):
    data = noc("--load", "0.05,0.2", "--pattern", "hotspot:4")
    assert data["command"] == "noc"
    assert data["traffic"] == "hotspot:4"
    assert data["ideal_saturation"] == pytest.approx(1 / 9)
    assert data["busiest_link"] == "4 out"
    assert all(point.keys() == POINT for point in data["points"])
    assert [point["steady"] for point in data["points"]] == [True, False]


def test_without_loads_a_curve_up_to_the_bound(call, working_folder):
    code, out, err = call("noc", "--size", "2x2", "--cycles", 500, "--out", "curve")
    assert code == 0
    assert "ideal bound 1 flits per tile and cycle, set by link 0 in; steady up to load" in out
    with (working_folder / "curve" / "curve.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert [float(row["load"]) for row in rows] == [0.05, *(pytest.approx(i / 10) for i in range(1, 11))]
    assert rows[0].keys() == POINT
    assert len(out.splitlines()) == 2 + 2 + 11 + 2
    assert {path.name for path in (working_folder / "curve").iterdir()} == {
        "chip.toml",
        "curve.csv",
        "curve.png",
        "curve.svg",
        "versions.json",
    }
    assert "curve.png" in err
    assert call("noc", "--size", "2x2", "--cycles", 500, "--out", "curve")[0] == 0  # writes over its own


def test_a_curve_that_is_not_of_the_command_is_kept(call, working_folder):
    (working_folder / "curve.csv").write_text("mine")
    code, _, err = call("noc", "--size", "2x2", "--cycles", 500, "--out", ".")
    assert code == 2
    assert "curve.csv is there, not from a run, and would be written over" in err
    assert (working_folder / "curve.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--load", "0"], "'0' must be a load above 0 and at most 1"),
        (["--out", ""], "the name of a folder is empty"),
        (["--load", "0.1,1.01"], "'1.01' must be"),
        (["--load", "nan"], "'nan' must be"),
        (["--load", "0.1,,0.2"], "'' must be"),
        (["--load", "-0.1"], "must be"),
        (["--size", "0x4"], "'0x4' must be columns x rows"),
        (["--size", "big"], "'big' must be"),
        (["--size", "8"], "size 8: a mesh has columns and rows, as in 8x8"),
        (["--size", "2x2x2"], "size 2x2x2: a mesh has columns and rows"),
        (["--size", "1000x1000"], "width = 1000 must be at most 256"),
        (["--size", "100x100"], "each of 10,000 tiles to each may stand at 200,000,000 places"),
        (["--size", "80x80"], "may stand at 81,920,000 places"),
        (["--topology", "star", "--size", "1009"], "1,009 tiles cannot be had"),
        (["--topology", "cube"], "'cube' must be one of mesh, torus"),
        (["--topology", "torus", "--depth", "1"], "at least 2"),
        (["--pattern", "transpose", "--size", "4x2"], "needs a square"),
        (["--pattern", "bitrev", "--size", "3x3"], "needs a power of two"),
        (["--pattern", "unifrom"], "did you mean 'uniform'"),
        (["--pattern", "hotspot:64"], "no tile"),
        (["--pattern", "hotspot:"], "'' is no tile"),
        (["--pattern", "uniform", "--trace", "packets.csv"], "not with --trace"),
        (["--cycles", "100", "--trace", "packets.csv"], "--cycles 100: not with --trace"),
        (["--seed", "0", "--trace", "packets.csv"], "--seed 0: not with --trace on topology 'mesh'"),
        (["--timestep", "1"], "--timestep 1: only with --trace"),
        (["--depth", "0"], "must be a whole number above 0"),
        (["--hop-cycles", "-1"], "must be"),
        (["--flits", "0"], "must be a whole number above 0"),
        (["--fidelity", "ideal"], "unknown fidelity of traffic 'ideal'"),
        (["--backend", "brian2"], "backend 'brian2' has no interconnect"),
        (["--chip", "loihy"], "did you mean 'loihi'"),
        (["--seed", "-1"], "seed = -1 must be from 0"),
        (["--seed", "9" * 20], "must be from 0 to 9,223,372,036,854,775,807"),
        (["--cycles", "9" * 10], "must be from 1 to 1,000,000,000"),
        (["--cycles", "0"], "must be a whole number above 0"),
    ],
)
def test_bad_input_is_refused_by_name(call, arguments, message):
    code, _, err = call("noc", *arguments)
    assert (code, message in err) == (2, True), err
    assert "Traceback" not in err

"""The command ``neurohw place``: figures, files and what it says about bad input."""

import pytest

LINES = "# a workload\n0 1 10\n1, 2, 20\n\n2 0 5  # back\n2 2 9\n"


@pytest.fixture
def graph(write):
    """Three clusters in a circle, one of which sends to itself, too."""
    return write(LINES, "cluster.ir")


@pytest.mark.parametrize("placer", ["anneal", "hillclimb", "snake"])
def test_figures(call_json, graph, placer):
    code, data = call_json("place", graph, "--mesh", "2x2", "--placer", placer, "--seconds", "5")
    assert code == 0
    # on three corners of a square the lightest edge goes two hops, on the way of the others or not
    assert data["cost"] == 10 + 20 + 2 * 5
    assert data["max_link_load"] == 20
    assert (data["clusters"], data["edges"], data["spikes"], data["tiles"]) == (3, 4, 44, 4)
    assert sorted(set(data["tile_of_cluster"])) == sorted(data["tile_of_cluster"])
    assert data["seconds"] >= 0
    assert data["placer"] == placer


def test_a_file_of_tiles_and_a_text(call, graph, working_folder):
    code, out, _ = call("place", graph, "--mesh", "3x1", "--placer", "snake", "--out", "tiles.txt")
    assert code == 0
    assert (working_folder / "tiles.txt").read_text() == "0 0\n1 1\n2 2\n"
    assert "cost (hops)  40" in out


def test_on_a_chip_by_energy(call_json, graph):
    code, data = call_json("place", graph, "--chip", "mesh", "--placer", "snake", "--objective", "energy")
    assert code == 0
    assert data["objective"] == "energy"
    assert data["tiles"] > 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 1 5\n0 1\n", "line 2: '0 1' must hold 3 numbers"),
        ("0 1 x\n", "line 1: 'x' must be a whole number"),
        ("0 1 -4\n", "line 1: '-4' must be a whole number from 0 to 9,007,199,254,740,992"),
        ("0 1 1.5\n", "line 1: '1.5' must be"),
        ("9999999999 1 5\n", "line 1: cluster 9999999999"),
        (f"0 1 {'1' * 5000}\n", "line 1: '1111111"),
        (
            "0 1 9223372036854775807\n",
            "'9223372036854775807' must be a whole number from 0 to 9,007,199,254,740,992",
        ),
        (
            f"0 1 1\n1 0 {2**53}\n",
            "line 2: 9,007,199,254,740,992 spikes make 9,007,199,254,740,993 in all, at most",
        ),
        ("# nothing\n", "no edges"),
        ("0 8 1\n", "bad.ir: 9 clusters, chip 'mesh' has 4 tiles; 3 x 3 would do"),
        (
            "# far\n0 1 2\n0 99999999 5\n",
            "bad.ir: 100,000,000 clusters, chip 'mesh' has 4 tiles; the largest mesh has 256 x 256; clusters are "
            "counted from 0, and the largest is in edge 2: 0 99999999 5",
        ),
    ],
)
def test_bad_files(call, write, text, message):
    code, _, err = call("place", write(text, "bad.ir"), "--mesh", "2x2")
    assert code == 2
    assert message in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give either --mesh WxH or --chip CHIP"),
        (["--mesh", "2x2", "--chip", "mesh"], "give either --mesh"),
        (["--mesh", "2x2", "--placer", "anneel"], "unknown placer 'anneel'; did you mean 'anneal'?"),
        (["--mesh", "2x2", "--objective", "hop"], "unknown objective 'hop'; did you mean 'hops'?"),
        (["--mesh", "2x2", "--seconds", "-1"], "'-1' must be a number of seconds above 0"),
        (["--mesh", "ax2"], "'ax2' must be columns x rows"),
        (["--mesh", "2x2", "--seed", "-1"], "seed = -1"),
        (
            ["--mesh", "2x2", "--seed", str(2**63)],
            "must be a whole number from 0 to 9,223,372,036,854,775,807",
        ),
    ],
)
def test_bad_options(call, graph, options, message):
    code, _, err = call("place", graph, *options)
    assert code == 2
    assert message in err


def test_a_single_thing_is_named_as_one(call, write):
    out = call("place", write("0 0 1\n", "one.ir"), "--mesh", "1x1", "--placer", "snake")[1]
    assert out.startswith("1 cluster on 1 tile, placer snake, seed 0\ncost (hops)  0   (1 spike, 1 edge)\n")


def test_a_single_tile_is_named_as_one(call, write):
    err = call("place", write("0 1 1\n", "two.ir"), "--mesh", "1x1")[2]
    assert "2 clusters, chip 'mesh' has 1 tile; 2 x 1 would do" in err


def test_a_missing_file(call):
    assert "the name of a file is empty" in call("place", "", "--mesh", "2x2")[2]
    code, _, err = call("place", "none.ir", "--mesh", "2x2")
    assert code == 2
    assert "none.ir: cannot be read" in err


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("cluster.ir", "--out cluster.ir would be written over FILE cluster.ir"),
        ("none/tiles.txt", "there is no folder none"),
        (".", "it is a folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_the_work(
    call, graph, working_folder, monkeypatch, out, message
):
    monkeypatch.setattr("neurohw.compiler.place.place_items", lambda *_: pytest.fail("it placed"))
    code, _, err = call("place", graph, "--mesh", "2x2", "--out", out)
    assert code == 2
    assert message in err
    assert (working_folder / graph).read_text() == LINES

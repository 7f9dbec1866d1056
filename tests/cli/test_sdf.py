"""The command ``neurohw sdf``."""

import json
from fractions import Fraction

import pytest

from neurohw.dataflow import certificate_problems, throughput
from neurohw.interchange import read_certificate, read_sdf3_graph, sdf3_text
from tests.dataflow_graphs import ring
from tests.interchange.test_sdf3 import PLATFORM

# 10 for two tokens on the way round, 5 for the slowest actor; with room for one token behind a1, 8 for a1 and a2
RING = ring([2, 5, 3], [2, 0, 0])


@pytest.fixture
def graph(write):
    """A ring of three actors, as a file."""
    return write(sdf3_text(RING), "ring.xml")


@pytest.fixture
def sdf(call):
    """Return a function that runs the command with --json: (exit code, object)."""

    def run(*arguments):
        code, out, _ = call("sdf", *arguments, "--json")
        return code, json.loads(out)

    return run


def test_throughput_and_critical_cycle(sdf, graph):
    code, data = sdf(graph)
    assert code == 0
    assert data["throughput"] == "1/5"
    assert data["period"] == "5"
    assert sorted(data["critical_cycle"]) == ["a0", "a1", "a2"]
    assert data["repetition"] == {"a0": 1, "a1": 1, "a2": 1}
    assert "pareto" not in data


def test_the_front(sdf, graph):
    code, data = sdf(graph, "--self-edges", "--pareto")
    assert code == 0
    assert data["throughput"] == "1/5"
    assert data["pareto"] == [[4, "1/8"], [5, "1/5"]]


@pytest.mark.parametrize(("tokens", "best"), [(4, "1/8"), (5, "1/5"), (99, "1/5")])
def test_the_best_throughput_within_some_storage(sdf, graph, tokens, best):
    code, data = sdf(graph, "--self-edges", "--buffers", tokens)
    assert code == 0
    assert data["throughput"] == best
    assert sum(data["buffers"].values()) <= tokens
    assert set(data["buffers"]) == {"c0", "c1", "c2"}


def test_too_little_storage_is_a_deadlock_and_not_done(sdf, call, graph):
    code, data = sdf(graph, "--buffers", 3)
    assert code == 1
    assert data["throughput"] == "deadlock"
    assert data["period"] is None
    assert "deadlock" in call("sdf", graph, "--buffers", 3)[1]


def test_nothing_that_limits_is_told_as_such(sdf, call, write):
    line = type(RING)("line", RING.actors, RING.channels[:2])
    name = write(sdf3_text(line), "line.xml")
    assert sdf(name)[1]["throughput"] == "inf"
    assert sdf(name, "--self-edges")[1]["throughput"] == "1/5"
    assert "without limit" in call("sdf", name)[1]


def test_text_for_people(call, graph):
    code, out, _ = call("sdf", graph, "--self-edges", "--pareto", "--latency", "a1", "a2")
    assert code == 0
    assert "1/5 iterations per time unit" in out
    assert "latency     8" in out
    assert out.rstrip().endswith("1/5       5")


def test_the_graph_that_was_analysed_is_written(sdf, graph, working_folder):
    code, data = sdf(graph, "--self-edges", "--buffers", 4, "--write", "sized.xml")
    assert code == 0
    written = read_sdf3_graph(working_folder / "sized.xml")
    assert str(1 / throughput(written).period) == data["throughput"] == "1/8"


def test_on_the_tiles_of_a_platform(sdf, call, graph, write):
    back = '<connection name="b" srcTile="t1" dstTile="t0" delay="1"/></architectureGraph>'
    platform = write(PLATFORM.replace("</architectureGraph>", back), "platform.xml")
    code, data = sdf(graph, "--platform", platform, "--orders", "a1, a2, a0")
    assert (code, data["throughput"]) == (0, "1/10")
    code, data = sdf(graph, "--platform", platform, "--orders", "a1,a0|a2")
    # a1 again only after a0, which needs a1 (5), the way there (3 + 1), a2 (3) and the way back (1 + 1); itself 2
    assert (code, data["throughput"]) == (0, "1/16")
    for arguments in (["--platform", platform], ["--orders", "a0"]):
        assert "--platform needs --orders or --tiles" in call("sdf", graph, *arguments)[2]
    assert "3 tiles" in call("sdf", graph, "--platform", platform, "--orders", "a0|a1|a2")[2]
    assert "a name is missing" in call("sdf", graph, "--platform", platform, "--orders", "a0,|a1,a2")[2]


def test_a_binding_is_found_and_proved(sdf, call, graph, write, working_folder):
    back = '<connection name="b" srcTile="t1" dstTile="t0" delay="1"/></architectureGraph>'
    platform = write(PLATFORM.replace("</architectureGraph>", back), "platform.xml")
    code, data = sdf(graph, "--platform", platform, "--tiles", 1)
    assert (code, data["throughput"]) == (0, "1/10")
    code, data = sdf(graph, "--platform", platform, "--tiles", 9, "--certificate", "proof.json")
    assert code == 0
    assert sorted(name for order in data["tiles"].values() for name in order) == ["a0", "a1", "a2"]
    assert Fraction(data["load_bound"]) <= Fraction(data["period"])
    certificate = read_certificate(working_folder / "proof.json")
    assert certificate_problems(certificate) == []
    assert str(certificate.throughput) == data["throughput"]
    assert "firings in their order" in call("sdf", graph, "--platform", platform, "--tiles", 2)[1]
    assert sdf("--check", "proof.json")[1] == {
        "command": "sdf",
        "graph": "ring",
        "period": data["period"],
        "problems": [],
    }
    proof = (working_folder / "proof.json").read_text()
    write(proof.replace(f'"period": "{data["period"]}"', '"period": "1"'), "lie.json")
    code, found = sdf("--check", "lie.json")
    assert (code, found["problems"] != []) == (1, True)
    assert "the certificate proves nothing" in call("sdf", "--check", "lie.json")[1]
    searched = sdf(graph, "--platform", platform, "--tiles", 2, "--search", 20)[1]
    assert Fraction(searched["period"]) <= Fraction(data["period"])
    assert "--search needs --tiles" in call("sdf", graph, "--search", 3)[2]
    assert "--certificate needs --platform" in call("sdf", graph, "--certificate", "proof.json")[2]


def test_a_certificate_is_checked_against_a_graph_and_a_platform(sdf, call, graph, write, working_folder):
    back = '<connection name="b" srcTile="t1" dstTile="t0" delay="1"/></architectureGraph>'
    platform = write(PLATFORM.replace("</architectureGraph>", back), "platform.xml")
    assert (
        call("sdf", graph, "--platform", platform, "--orders", "a1,a0|a2", "--certificate", "proof.json")[0]
        == 0
    )
    assert sdf(graph, "--platform", platform, "--check", "proof.json")[0] == 0
    assert "--platform FILE checks that" in call("sdf", "--check", "proof.json")[1]
    data = json.loads((working_folder / "proof.json").read_text())
    faster = {name: str(Fraction(time) - 1) for name, time in data["transit"].items()}
    write(json.dumps(data | {"transit": faster}), "faster.json")
    assert sdf("--check", "faster.json")[0] == 0  # proved for a platform that is faster
    code, found = sdf("--platform", platform, "--check", "faster.json")
    assert code == 1
    assert "channel 'c1': a token may take 4, the certificate says 3" in str(found["problems"])
    other = write(sdf3_text(ring([2, 5, 4], [2, 0, 0])), "other.xml")
    code, found = sdf(other, "--check", "proof.json")
    assert code == 1
    assert found["problems"] == ["actor 'a2': time = 4, the certificate says 3"]


def test_what_to_analyse_is_given(call):
    assert "give the file of a GRAPH, or --check" in call("sdf")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--buffers", "0"], "must be a whole number above 0"),
        (["--buffers", "3", "--pareto"], "not allowed with argument"),
        (["--latency", "a0", "zz"], "unknown actor 'zz'"),
        (["--write", "no/such/folder.xml"], "cannot write"),
        (
            ["--check", "proof.json", "--write", "g.xml"],
            "--check takes GRAPH and --platform, but not --write",
        ),
        (["--check", "proof.json", "--self-edges"], "not --self-edges"),
        (["--check", "none.json"], "none.json: cannot be read"),
    ],
)
def test_options_that_cannot_be(call, graph, arguments, message):
    code, _, error = call("sdf", graph, *arguments)
    assert code == 2
    assert message in error


def test_a_graph_that_deadlocks_did_not_hold(sdf, call, write):
    stuck = write(sdf3_text(ring([1, 1], [0, 0])), "stuck.xml")
    for options in ([], ["--buffers", 9], ["--pareto"]):
        code, data = sdf(stuck, *options)
        assert code == 1
        assert (data["throughput"], data["period"]) == ("deadlock", None)
        assert "'a0' waits for 'a1'" in data["deadlock"]
    assert "'a0' waits for 'a1'" in call("sdf", stuck)[1]


def test_graphs_that_cannot_be_are_bad_input(sdf, call):
    assert sdf("missing.xml")[0] == 2
    assert "the name of a file is empty" in call("sdf", "")[2]


@pytest.mark.parametrize("option", ["--write", "--certificate"])
@pytest.mark.parametrize(("file", "name"), [("ring.xml", "GRAPH"), ("mesh.xml", "--platform")])
def test_no_input_is_written_over(call, graph, write, working_folder, option, file, name):
    write(PLATFORM, "mesh.xml")
    before = (working_folder / file).read_text()
    code, _, err = call("sdf", graph, "--platform", "mesh.xml", "--tiles", 2, option, file)
    assert code == 2
    assert f"{option} {file} would be written over {name} {file}" in err
    assert (working_folder / file).read_text() == before


def test_the_graph_and_its_certificate_are_two_files(call, graph, write):
    platform = write(PLATFORM, "mesh.xml")
    options = ("--platform", platform, "--tiles", 2, "--write", "one", "--certificate", "one")
    code, _, err = call("sdf", graph, *options)
    assert code == 2
    assert "--certificate one would be written over --write one" in err

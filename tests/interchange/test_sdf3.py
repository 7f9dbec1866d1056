"""XML of SDF3: what is read is what was written, and mistakes are named with file, line, element and value."""

from fractions import Fraction

import pytest

from neurohw.dataflow import Actor, Channel, Graph
from neurohw.errors import GraphError
from neurohw.interchange import read_sdf3_graph, read_sdf3_platform, sdf3_text
from tests.dataflow_graphs import random_graph
from tests.reference_data import ROOT

GRAPH = """<?xml version="1.0"?>
<sdf3 type="sdf" version="1.0">
  <applicationGraph name="app">
    <sdf name="pair" type="Pair">
      <actor name="a" type="A"><port name="p" type="out" rate="2"/></actor>
      <actor name="b" type="B"><port name="p" type="in" rate="3"/></actor>
      <channel name="c" srcActor="a" srcPort="p" dstActor="b" dstPort="p" initialTokens="4"/>
    </sdf>
    <sdfProperties>
      <actorProperties actor="a">
        <processor type="slow"><executionTime time="9"/></processor>
        <processor type="fast" default="true"><executionTime time="1.5"/></processor>
      </actorProperties>
      <actorProperties actor="b"><processor type="slow"><executionTime time="7"/></processor></actorProperties>
    </sdfProperties>
  </applicationGraph>
</sdf3>
"""
PLATFORM = """<sdf3 type="sdf" version="1.0">
  <architectureGraph name="chip">
    <tile name="t0">
      <processor name="p" type="crossbar"/>
      <memory name="m" size="64"/>
      <networkInterface name="n" nrConnections="8" inBandwidth="96" outBandwidth="48"/>
    </tile>
    <tile name="t1"/>
    <connection name="k" srcTile="t0" dstTile="t1" delay="3"/>
  </architectureGraph>
</sdf3>
"""


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a file and returns its path."""

    def write(text):
        path = tmp_path / "graph.xml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_graph_is_read_with_the_times_of_its_default_processors(file):
    assert read_sdf3_graph(file(GRAPH)) == Graph(
        "pair",
        (Actor("a", Fraction(3, 2)), Actor("b", Fraction(7))),
        (Channel("c", "a", "b", 2, 3, 4),),
    )


def test_tokens_that_are_not_given_are_none(file):
    assert read_sdf3_graph(file(GRAPH.replace(' initialTokens="4"', ""))).channels[0].tokens == 0


def test_a_graph_that_is_written_is_read_as_it_was(file):
    for seed in range(100):
        graph = random_graph(seed)
        assert read_sdf3_graph(file(sdf3_text(graph))) == graph
    odd = Graph('<&">', (Actor("ä 'b'", Fraction(1)),), (Channel("x<y", "ä 'b'", "ä 'b'", tokens=1),))
    assert read_sdf3_graph(file(sdf3_text(odd))) == odd


LARGEST = 10**18 - 1


def test_the_largest_numbers_and_names_are_read_again(file):
    name = "n" * 500
    graph = Graph(
        "g",
        (Actor(name, Fraction(LARGEST)), Actor("b", Fraction(LARGEST - 1, LARGEST))),
        (Channel("c", name, "b", LARGEST, LARGEST, LARGEST),),
    )
    assert read_sdf3_graph(file(sdf3_text(graph))) == graph


@pytest.mark.parametrize(
    ("actor", "channel", "message"),
    [
        ({"name": "a\0"}, {}, r"name 'a\\x00' must be 1 to 500 printable characters"),
        ({"name": ""}, {}, "name '' must be"),
        ({"name": "a" * 501}, {}, "must be 1 to 500 printable"),
        ({"time": Fraction(LARGEST + 1)}, {}, "time '1000000000000000000' must have at most 18 digits in each part"),
        ({"time": Fraction(1, LARGEST + 1)}, {}, "time '1/1000000000000000000' must have"),
        ({}, {"production": LARGEST + 1}, "channel 'c': production = '1000000000000000000' must have"),
        ({}, {"consumption": LARGEST + 1}, "channel 'c': consumption = "),
        ({}, {"tokens": LARGEST + 1}, "channel 'c': tokens = "),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_not_written(actor, channel, message):
    first = Actor(**{"name": "a", "time": Fraction(1), **actor})
    edge = Channel(**{"name": "c", "source": first.name, "target": first.name, **channel})
    with pytest.raises(GraphError, match=f"graph 'g' cannot be written as XML: .*{message}"):
        sdf3_text(Graph("g", (first,), (edge,)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('rate="2"', 'rate="0"', "line 5: <port name='p'>: rate='0' must be a whole number of at least 1"),
        ('rate="2"', 'rate="-2"', r"line 5: <port name='p'>: rate='-2' must be a whole number of at least 1"),
        ('rate="2"', 'rate="1,2"', r"line 5: <port name='p'>: rate='1,2': cyclo-static rates are not read"),
        (' rate="2"', "", r"line 5: <port name='p'>: it has no rate"),
        ('initialTokens="4"', 'initialTokens="x"', r"line 7: <channel name='c'>: initialTokens='x' must be"),
        (
            'initialTokens="4"',
            f'initialTokens="{"9" * 50}"',
            r"line 7: <channel name='c'>: initialTokens='99",
        ),
        (
            'srcPort="p"',
            'srcPort="q"',
            r"line 7: <channel name='c'>: actor 'a' has no port 'q' of type 'out'",
        ),
        (
            'dstActor="b"',
            'dstActor="z"',
            r"line 7: <channel name='c'>: actor 'z' has no port 'p' of type 'in'",
        ),
        ('time="1.5"', 'time="-1"', r"line 12: <executionTime>: time='-1' must be a number of at least 0"),
        ('time="1.5"', 'time="1e999999999"', r"line 12: <executionTime>: time='1e999999999' must be"),
        (
            'time="1.5"',
            f'time="{10**18}"',
            r"time='1000000000000000000' must be .* with at most 18 digits in each part",
        ),
        ('rate="2"', f'rate="{10**18}"', r"rate='1000000000000000000' must be .* with at most 18 digits"),
        ('time="1.5"', 'time="1/0"', r"line 12: <executionTime>: time='1/0' must be"),
        (
            'actorProperties actor="a"',
            'actorProperties actor="y"',
            r"line 5: <actor name='a'>: .* no execution time",
        ),
        (
            '<actor name="b"',
            '<actor name="a"',
            r"line 7: <channel name='c'>: actor 'b' has no port 'p' of type 'in'",
        ),
        ('type="sdf"', 'type="csdf"', r"line 2: <sdf3>: type='csdf': only synchronous dataflow graphs"),
        ('<sdf name="pair" type="Pair">', "<sdf>", None),
        ("</sdfProperties>", "", "line 16: not XML: mismatched tag"),
        ("sdfProperties>", "other>", r"line 3: <applicationGraph name='app'>: it has no <sdfProperties>"),
        ("sdf3", "html", r"line 2: <html>: a file of SDF3 begins with <sdf3>"),
    ],
)
def test_mistakes_are_named_with_their_place(file, old, new, message):
    path = file(GRAPH.replace(old, new))
    if message is None:
        assert read_sdf3_graph(path).name == "app"
        return
    with pytest.raises(GraphError, match=message) as caught:
        read_sdf3_graph(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE sdf3 [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE sdf3 SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE sdf3 [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_their_entities_are_refused(file, doctype):
    path = file(GRAPH.replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{doctype}'))
    with pytest.raises(GraphError, match=r"line 1: document types .* are not read"):
        read_sdf3_graph(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: not XML: no element found"),
        (b"\x00\xff\xfe", "not XML"),
        (b'<?xml version="1.0" encoding="UTF-8"?><sdf3 a="\xff"/>', "not XML"),
        ("<a>" * 100_000, "more than 50 elements in each other"),
        ("<sdf3>&nbsp;</sdf3>", "not XML: undefined entity"),
    ],
)
def test_what_is_no_xml_is_refused(file, text, message):
    with pytest.raises(GraphError, match=message):
        read_sdf3_graph(file(text))


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(GraphError, match=r"missing\.xml: cannot be read: No such file"):
        read_sdf3_graph(tmp_path / "missing.xml")
    with pytest.raises(GraphError, match="not a file"):
        read_sdf3_graph(tmp_path)


def test_a_platform_is_read(file):
    platform = read_sdf3_platform(file(PLATFORM))
    assert [tile.name for tile in platform.tiles] == ["t0", "t1"]
    first, second = platform.tiles
    assert (first.processor, first.memory, first.connections) == ("crossbar", 64, 8)
    assert (first.bandwidth_in, first.bandwidth_out) == (96, 48)
    assert second.processor is second.memory is second.connections is None
    assert platform.delay == {("t0", "t1"): 3}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('dstTile="t1"', 'dstTile="t9"', r"line 9: <connection name='k'>: there is no tile 't9'"),
        ('delay="3"', 'delay="fast"', r"line 9: <connection name='k'>: delay='fast' must be a number"),
        ("architectureGraph", "applicationGraph", "it has no <architectureGraph>"),
        ('<tile name="t1"/>', "", r"line 9: <connection name='k'>: there is no tile 't1'"),
    ],
)
def test_mistakes_of_a_platform_are_named(file, old, new, message):
    with pytest.raises(GraphError, match=message):
        read_sdf3_platform(file(PLATFORM.replace(old, new)))


def test_the_mesh_of_the_reference_data(file):
    path = ROOT / "sdf" / "neuromorphic.4.xml"
    if not path.is_file():
        pytest.skip(f"no {path}; set NEUROHW_DATA to the folder of reference data")
    platform = read_sdf3_platform(path)
    assert len(platform.tiles) == 4
    assert platform.delay["tile_0", "tile_1"] == 3
    assert platform.delay["tile_0", "tile_3"] == 4
    assert len(platform.delay) == 12

"""Platforms as JSON: what is read is what was written, what is no platform is refused, XML of SDF3 is read, too."""

import json
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler.schedule import chip_platform
from neurohw.dataflow import Link, Platform, PlatformTile
from neurohw.errors import GraphError
from neurohw.interchange import platform_text, read_platform, read_sdf3_platform
from neurohw.traffic.interconnects import interconnect_chip
from tests.examples import examples
from tests.tiles import random_platform

PLATFORM = Platform(
    "two",
    (PlatformTile("x", "arm", 5, 6, 7, 8), PlatformTile("y")),
    {("x", "y"): Fraction(7, 2)},
    Fraction(1, 3),
    {"l": Link(Fraction(2), Fraction(1))},
    {("x", "y"): ("l",)},
)


@examples(40)
@given(st.integers(0, 10**6))
def test_there_and_back(tmp_path_factory, seed):
    random = Random(seed)
    shape = random.choice([("mesh", (3, 2)), ("torus", (3, 3)), ("tree", 8), ("star", 4)])
    path = tmp_path_factory.mktemp("p") / "p.json"
    for platform in (random_platform(random), chip_platform(interconnect_chip(*shape)), PLATFORM):
        path.write_text(platform_text(platform))
        found = read_platform(path)
        assert (found.name, found.tiles, found.delay) == (platform.name, platform.tiles, platform.delay)
        assert (found.time_per_token, found.links) == (platform.time_per_token, platform.links)
        assert {pair: found.routes.get(pair, ()) for pair in found.delay} == {
            pair: platform.routes.get(pair, ()) for pair in platform.delay
        }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "no platform: its format is 'other', 'neurohw platform 1' is read"),
        ({"tiles": []}, "no platform: it has no tile"),
        ({"tiles": [{"name": "x"}, {"name": "x"}]}, "two of its tiles have the same name"),
        ({"tiles": [{"name": "x"}]}, "connection from 'x' to 'y': there is no tile 'y'"),
        ({"links": {}}, "connection from 'x' to 'y': there is no link 'l'"),
        ({"links": {"l": {"time": "-1", "delay": "0"}}}, "links.l.time = -1, a time must be at least 0"),
        (
            {"links": {"l": {"time": "9", "delay": "0"}}},
            "a token holds link 'l' for 9 but is there after 23/6",
        ),
        ({"links": {"l": {"time": "9"}}}, "links.l has no 'delay'"),
        (
            {"time_per_token": "1/0"},
            "no platform: time_per_token = '1/0', must be a whole number or a fraction",
        ),
        ({"time_per_token": float("inf")}, "no platform: time_per_token = inf, must be"),
        ({"time_per_token": True}, "no platform: time_per_token = True, must be"),
        ({"time_per_token": "9" * 2000}, "no platform: time_per_token = '9{39}..., must be"),
        ({"time_per_token": None}, "no platform: time_per_token = None, must be"),
        ({"tiles": None}, "no platform: tiles = None, must be a list"),
        ({"tiles": [5]}, r"no platform: tiles\[0\] = 5, must be an object"),
        ({"tiles": [{"name": 5}]}, r"no platform: tiles\[0\].name = 5, must be a text"),
        ({"tiles": [{"name": "x", "memory": "5"}]}, r"tiles\[0\].memory = '5', must be a whole number"),
        ({"connections": 5}, "no platform: connections = 5, must be a list"),
    ],
)
def test_what_is_no_platform_is_refused(tmp_path, change, message):
    path = tmp_path / "p.json"
    path.write_text(json.dumps(json.loads(platform_text(PLATFORM)) | change))
    with pytest.raises(GraphError, match=message):
        read_platform(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "no platform, as it is no JSON"), ("[]", "its format is None"), ("", "p.json"), ("no", "p.json")],
)
def test_what_is_no_json_is_refused(tmp_path, text, message):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(GraphError, match=message):
        read_platform(tmp_path / "p.json")
    with pytest.raises(GraphError, match=r"missing\.json: cannot be read: No such file"):
        read_platform(tmp_path / "missing.json")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_of_sdf3_is_read_as_before(tmp_path, encoding):
    path = tmp_path / "p.xml"
    path.write_text(
        f'<?xml version="1.0" encoding="{encoding}"?><sdf3 type="sdf" version="1.0"><architectureGraph name="é">'
        '<tile name="a"/><tile name="b"/><connection name="c" srcTile="a" dstTile="b" delay="3"/>'
        "</architectureGraph></sdf3>",
        encoding=encoding,
    )
    assert read_platform(path) == read_sdf3_platform(path)
    assert read_platform(path).delay == {("a", "b"): 3}

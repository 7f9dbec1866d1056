"""Certificates as JSON: what is read is what was written, and what is no certificate is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.dataflow import certificate_problems
from neurohw.errors import GraphError
from neurohw.interchange import certificate_text, read_certificate
from tests.examples import examples
from tests.tiles import guaranteed


@examples(40)
@given(st.integers(0, 10**6))
def test_there_and_back(tmp_path_factory, seed):
    certificate = guaranteed(seed)[0]
    path = tmp_path_factory.mktemp("c") / "c.json"
    path.write_text(certificate_text(certificate))
    assert read_certificate(path) == certificate


def test_a_file_that_was_changed_is_found_out(tmp_path):
    certificate = next(c for c in (guaranteed(seed)[0] for seed in range(99)) if c.sends and c.period)
    data = json.loads(certificate_text(certificate))
    data["period"] = str(certificate.period / 2)
    (tmp_path / "c.json").write_text(json.dumps(data))
    assert certificate_problems(read_certificate(tmp_path / "c.json")) != []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no certificate, as it is no JSON: Expecting"),
        ("[]", "no certificate: its format is None"),
        ("{}", "no certificate: its format is None, 'neurohw certificate 1' is read"),
        ('{"format": "other"}', "its format is 'other', 'neurohw certificate 1' is read"),
        (
            '{"format": "neurohw certificate 1", "graph": {"actors": {"a": "1/0"}, "channels": []}}',
            r"no certificate: graph.actors.a = '1/0', must be a whole number or a fraction such as",
        ),
        (
            '{"format": "neurohw certificate 1", "graph": {"actors": {"a": Infinity}, "channels": []}}',
            "no certificate: graph.actors.a = inf, must be a whole number or a fraction",
        ),
        (
            '{"format": "neurohw certificate 1", "graph": {"name": "g", "actors": {"a": "1"}, "channels": []}}',
            "no certificate: it has no 'orders'",
        ),
    ],
)
def test_what_is_no_certificate_is_refused(tmp_path, text, message):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(GraphError, match=message):
        read_certificate(tmp_path / "c.json")
    with pytest.raises(GraphError, match=r"missing\.json: cannot be read: No such file"):
        read_certificate(tmp_path / "missing.json")

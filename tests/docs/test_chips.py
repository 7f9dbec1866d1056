"""The document on chips says what the presets do."""

import re

import pytest

from neurohw.hardware import load_chip, preset_names
from tests.docs.chip_tables import PATH, filled

TEXT = PATH.read_text(encoding="utf-8")
CITATION = re.compile(r"doi:10\.\d+/[^\s,;:)]+|https://[^\s,;:)]+")


def test_the_tables_are_those_of_the_presets():
    assert filled(TEXT) == TEXT, "write them anew with: python -m tests.docs.chip_tables"


@pytest.mark.parametrize("name", preset_names())
def test_every_work_that_a_preset_cites_is_among_the_references(name):
    references = TEXT.split("## References")[1]
    sources = [origin.source for origin in load_chip(name).provenance.values()]
    cited = {found.rstrip(".") for source in sources for found in CITATION.findall(source)}
    assert {citation for citation in cited if citation not in references} == set()


def test_every_reference_is_cited():
    text = TEXT.split("## References")[0]
    sources = [origin.source for name in preset_names() for origin in load_chip(name).provenance.values()]
    cited = "\n".join([text, *sources])
    references = CITATION.findall(TEXT.split("## References")[1])
    assert [reference for reference in references if reference.rstrip(">.") not in cited] == []


def test_the_readme_leads_here():
    readme = (PATH.parents[1] / "README.md").read_text(encoding="utf-8")
    assert "docs/chips.md" in readme

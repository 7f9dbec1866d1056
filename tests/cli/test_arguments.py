"""Which arguments are neurohw's and which the script's."""

import subprocess
import sys

import pytest

from neurohw.cli.arguments import split
from neurohw.cli.outcome import table

HEAVY = ("numba", "numpy", "matplotlib", "brian2", "pyNN", "neo", "scipy", "jinja2")


@pytest.mark.parametrize(
    ("arguments", "own", "script"),
    [
        ("run s.py", "run s.py", ""),
        ("run --chip mesh s.py --json", "run --chip mesh s.py --json", ""),
        ("run s.py --n 5 --chip mesh out.txt", "run s.py --chip mesh", "--n 5 out.txt"),
        ("run s.py --chip=mesh --n=5", "run s.py --chip=mesh", "--n=5"),
        ("run s.py -- --chip mesh", "run s.py", "--chip mesh"),
        ("run --bogus s.py", "run --bogus s.py", ""),
        ("run s.py --help", "run s.py", "--help"),
        ("run --help", "run --help", ""),
        ("run s.py --chi mesh", "run s.py", "--chi mesh"),
        ("run s.py --backend", "run s.py --backend", ""),
        ("validate s.py nest --against brian2", "validate s.py --against brian2", "nest"),
    ],
)
def test_split(arguments, own, script):
    assert split(arguments.split()) == (own.split(), script.split())


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from neurohw.cli import build_parser; build_parser().format_help();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"


def test_the_module_is_the_command():
    result = subprocess.run(
        [sys.executable, "-m", "neurohw", "--version"], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("neurohw ")


def test_table_lines_columns_up():
    assert table(["", "a"], [["rate", "1.0 Hz"], ["x", "2"]]).splitlines() == [
        "           a",
        "----  ------",
        "rate  1.0 Hz",
        "x          2",
    ]

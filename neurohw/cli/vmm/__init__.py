"""``neurohw vmm``: chips that multiply vectors by matrices; what they do, calibration, and networks on them."""

from __future__ import annotations

from typing import Any

from neurohw.cli.arguments import Parser
from neurohw.cli.vmm import calibrate, characterise, mnist

NAME = "vmm"
SUBCOMMANDS = (characterise, calibrate, mnist)


def add_to(commands: Any) -> None:
    """Add the command and its own commands to the parser."""
    parser = commands.add_parser(
        NAME,
        help="analog chips that multiply vectors by matrices: characterise, calibrate, mnist",
        description="Analog chips that multiply vectors by matrices, as BrainScaleS-2 does.",
        allow_abbrev=False,
    )
    subcommands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=Parser
    )
    for subcommand in SUBCOMMANDS:
        subcommand.add_to(subcommands)

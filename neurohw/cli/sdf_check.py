"""``neurohw sdf --check``: whether a certificate proves the throughput that it names."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome
from neurohw.errors import SettingError

if TYPE_CHECKING:
    from neurohw.dataflow import Certificate

NOT_WITH_CHECK = (
    "orders",
    "tiles",
    "search",
    "certificate",
    "write",
    "buffers",
    "pareto",
    "latency",
    "self_edges",
)


def checked(args: argparse.Namespace, command: str) -> Outcome:
    """Read a certificate and check it from the definitions, for a graph and on a platform where these are given.

    Raises
    ------
    SettingError
        For options that ask for something else.
    GraphError
        For a file that cannot be read or is no certificate.
    """
    from neurohw.dataflow import certificate_problems
    from neurohw.interchange import read_certificate

    for option in NOT_WITH_CHECK:
        if getattr(args, option):
            raise SettingError(f"--check takes GRAPH and --platform, but not --{option.replace('_', '-')}")
    certificate = read_certificate(args.check)
    problems = certificate_problems(certificate) or _of_premises(args, certificate)
    name, period = certificate.graph.name, certificate.period
    data: dict[str, Any] = {"command": command, "graph": name, "period": str(period), "problems": problems}
    if problems:
        return Outcome(DID_NOT_HOLD, data, "\n".join([f"{name}: the certificate proves nothing", *problems]))
    lines = [f"{name}: an iteration takes {period} time units at most, as the certificate says"]
    if args.platform is None:
        lines.append("if no token takes longer than the certificate says; --platform FILE checks that, too")
    return Outcome(DONE, data, "\n".join(lines))


def _of_premises(args: argparse.Namespace, certificate: Certificate) -> list[str]:
    """Return how the certificate differs from the graph and the platform that are given."""
    from neurohw.dataflow import graph_problems, platform_problems
    from neurohw.interchange import read_platform, read_sdf3_graph

    problems = [] if args.graph is None else graph_problems(certificate, read_sdf3_graph(args.graph))
    if args.platform is not None:
        problems += platform_problems(certificate, read_platform(args.platform))
    return problems

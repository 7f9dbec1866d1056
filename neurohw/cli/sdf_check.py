"""``neurohw sdf --check``: whether a certificate proves the throughput that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome


def checked(path: Path, command: str) -> Outcome:
    """Read a certificate and check it from the definitions.

    Raises
    ------
    GraphError
        For a file that cannot be read or is no certificate.
    """
    from neurohw.dataflow import certificate_problems
    from neurohw.interchange import read_certificate

    certificate = read_certificate(path)
    problems = certificate_problems(certificate)
    name, period = certificate.graph.name, certificate.period
    data: dict[str, Any] = {"command": command, "graph": name, "period": str(period), "problems": problems}
    if problems:
        return Outcome(DID_NOT_HOLD, data, "\n".join([f"{name}: the certificate proves nothing", *problems]))
    return Outcome(
        DONE, data, f"{name}: an iteration takes {period} time units at most, as the certificate says"
    )

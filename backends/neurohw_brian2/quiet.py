"""Import of Brian2 that leaves the process as it was.

Brian2 redirects Python's warnings into its log and reports every uncaught error as its own. Neither is wanted
by users who never asked for Brian2; where they imported it themselves, nothing is touched.
"""

from __future__ import annotations

import logging
import sys
import warnings


def import_brian2() -> None:
    """Import Brian2, and take back its hooks if this is the first import of it."""
    if "brian2" in sys.modules:
        return
    excepthook, showwarning = sys.excepthook, warnings.showwarning
    import brian2  # noqa: F401

    sys.excepthook = excepthook
    if warnings.showwarning is not showwarning:
        logging.captureWarnings(False)

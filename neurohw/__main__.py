"""``python -m neurohw``: the command line."""

import sys

from neurohw.cli import main

sys.exit(main())

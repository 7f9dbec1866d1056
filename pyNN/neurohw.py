"""``import pyNN.neurohw as sim``: another name for :mod:`neurohw.pynn`, the same module with the same state."""

import sys

import neurohw.pynn

sys.modules[__name__] = neurohw.pynn

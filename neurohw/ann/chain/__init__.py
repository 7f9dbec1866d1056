"""The chain from floats to a trained chip: how many digits are told right at every step, beside the published row."""

from neurohw.ann.chain.network import convolutional_network, images_of
from neurohw.ann.chain.outcome import PUBLISHED, ChainOutcome, ChipOutcome
from neurohw.ann.chain.run import run_chain
from neurohw.ann.chain.saving import load_network, save_network
from neurohw.ann.chain.settings import FULL, QUICK, Settings

__all__ = [
    "FULL",
    "PUBLISHED",
    "QUICK",
    "ChainOutcome",
    "ChipOutcome",
    "Settings",
    "convolutional_network",
    "images_of",
    "load_network",
    "run_chain",
    "save_network",
]

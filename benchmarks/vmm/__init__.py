"""Analog products: the simulated chip beside the bare product, a noise for each cell, and aihwkit's torch tile."""

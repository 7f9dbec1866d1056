"""Compiled loops of the partitioners."""

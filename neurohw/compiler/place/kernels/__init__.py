"""Compiled loops of the placers."""

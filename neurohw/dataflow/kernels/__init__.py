"""Kernels of dataflow graphs; times are whole numbers."""

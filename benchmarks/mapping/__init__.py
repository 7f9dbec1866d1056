"""Partitioners side by side, and beside the hypergraph partitioner Mt-KaHyPar."""

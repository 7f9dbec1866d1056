"""Ten applications as workloads for mappers: networks with seeded stimuli, or structure with mean rates.

They have the names and, where these are known to us, the layers of the applications of DFSynthesizer (Song et al. 2021,
arXiv 2108.02023); other sizes are ours. Weights are drawn, not trained: what a mapper sees of a network is who sends to
whom and how often, and each layer is scaled so that it fires as often as it is told to. Stimuli are drawn as well.
"""

from benchmarks.workloads.applications.table import APPLICATIONS, Application

__all__ = ["APPLICATIONS", "Application"]

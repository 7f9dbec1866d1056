"""Files that other tools wrote, and files for them."""

from neurohw.interchange.certificate import certificate_text, read_certificate
from neurohw.interchange.platform import platform_text, read_platform
from neurohw.interchange.sanafe import read_sanafe_architecture
from neurohw.interchange.sdf3 import read_sdf3_graph, read_sdf3_platform
from neurohw.interchange.sdf3_writer import sdf3_text
from neurohw.interchange.text_tables import read_cluster_graph, read_neuron_graph

__all__ = [
    "certificate_text",
    "platform_text",
    "read_certificate",
    "read_cluster_graph",
    "read_neuron_graph",
    "read_platform",
    "read_sanafe_architecture",
    "read_sdf3_graph",
    "read_sdf3_platform",
    "sdf3_text",
]

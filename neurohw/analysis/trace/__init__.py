"""Files of single packets: a trace to look at in Perfetto or Chrome, and a table of messages."""

from neurohw.analysis.trace.chrome import write_trace
from neurohw.analysis.trace.messages import write_messages

__all__ = ["write_messages", "write_trace"]

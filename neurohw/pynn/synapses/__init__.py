"""The synapses of one projection; the projection itself is ``neurohw.pynn.projections``, as in PyNN.

- ``connections``: flat arrays of what the script declared, and one connection as an object
- ``attributes``: getting and setting weights, delays and parameters
- ``evolved``: weights as a learning rule has made them
- ``matrices``: several synapses of a pair as one number
"""

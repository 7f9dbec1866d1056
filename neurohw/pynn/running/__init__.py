"""A run in progress, and what is said of it.

- ``open_run``: a program, its session and the time both took
- ``callbacks``: what calls back, and when
- ``progress``: the bar of a long run
- ``disturbance``: late and lost spikes in a sentence
- ``totals``: what the hardware did, for the annotations of data
"""

"""Recorded data on their way to the user; the recorder itself is ``neurohw.pynn.recording``, as in PyNN.

- ``segments``: arrays of a run to neo's objects
- ``access``: plain arrays and files from populations, views and assemblies
- ``exact_times``: spike times of array sources as they were given
- ``files``: formats and the packages that they need
"""

"""Measurements against peers, each in one run: scripts that a user can start, never timed tests."""

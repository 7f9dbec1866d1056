"""Compiled loops of analog units: noise, conversion to digits, products in a fixed order, saturating inputs."""

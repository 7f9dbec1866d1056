"""The standard models of PyNN that neurohw has: each class names its model of ``neurohw.network``."""

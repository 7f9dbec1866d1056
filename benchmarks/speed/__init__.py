"""The speed of neurohw beside that of other simulators, on standard networks."""

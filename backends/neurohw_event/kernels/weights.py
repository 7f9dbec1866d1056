"""What a synapse adds: its weight, or, where crossbar cells hold few levels, the level with the number it has."""

from neurohw.jit import inlined


@inlined
def levels_of(level_at, levels, segment):
    """Return the levels of a segment's weights, None where weights are numbers themselves."""
    if levels is None:
        return None
    return levels[level_at[segment] :]


@inlined
def value(levels, weight):
    """Return what is added for a weight as it is stored."""
    if levels is None:
        return weight
    return levels[weight]

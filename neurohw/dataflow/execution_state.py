"""The state of a self-timed execution as arrays of whole numbers, which its kernel changes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Tiles(NamedTuple):
    """Who fires in turn; int64."""

    order_start: Array  # [n_tiles + 1]
    order: Array  # actors in the order of their firings in an iteration
    turns_left: Array  # [n_tiles]
    is_busy: Array  # bool [n_tiles]


class Actors(NamedTuple):
    """Times and channels of who fires; int64."""

    time: Array  # [n_actors]
    tile: Array
    input_start: Array  # [n_actors + 1]
    inputs: Array  # channels, ascending for each actor
    output_start: Array
    outputs: Array
    start_of: Array  # [n_actors + 1], rows of ``starts``
    n_started: Array
    starts: Array  # dates of firings


class Channels(NamedTuple):
    """Tokens and room of channels, and the ways of those between tiles; int64 [n_channels]."""

    source: Array
    target: Array
    production: Array
    consumption: Array
    is_between: Array  # bool
    tokens: Array
    waiting: Array  # to be sent
    room: Array  # at the source of a channel between tiles, else the only one
    room_ahead: Array
    is_busy: Array  # bool
    at: Array  # place on the way of the token that is being sent
    route_start: Array  # [n_channels + 1]
    route: Array  # links
    rest: Array  # from the last link on


class Links(NamedTuple):
    """Links that serve tokens in the order in which they come; int64 [n_links]."""

    time: Array
    delay: Array
    free_at: Array


class Agenda(NamedTuple):
    """What is to happen: ends of firings (tiles), then steps of tokens (n_tiles + channel); int64."""

    date: Array  # of a heap: what is far ahead
    number: Array  # equal dates are taken in this order
    what: Array
    first: Array  # [N_SLOTS], of the list of each near date, NOBODY where it is empty
    last: Array  # [N_SLOTS]
    behind: Array  # [n_tiles + n_channels], who stands behind in its list
    state: Array  # [4]: the date that it is, who is near and far, numbers given so far

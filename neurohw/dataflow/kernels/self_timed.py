"""Self-timed execution of a graph on tiles, token by token: firings in turn, connections, links that are shared.

The rules are those of ``neurohw.dataflow.execution``, which is the oracle. What an event can set going is looked at in
the same order there, so that both agree where several things happen at the same time.
"""

from __future__ import annotations

from neurohw.dataflow.kernels.agenda import is_empty, put, take
from neurohw.jit import inlined, kernel


@inlined
def _can_fire(actors, channels, actor):
    for index in range(actors.input_start[actor], actors.input_start[actor + 1]):
        channel = actors.inputs[index]
        if channels.tokens[channel] < channels.consumption[channel]:
            return False
    for index in range(actors.output_start[actor], actors.output_start[actor + 1]):
        channel = actors.outputs[index]
        if channels.room[channel] < channels.production[channel]:
            return False
    return True


@inlined
def _try_turn(tiles, actors, channels, agenda, tile, now):
    if tiles.is_busy[tile] or tiles.turns_left[tile] == 0:
        return
    first, stop = tiles.order_start[tile], tiles.order_start[tile + 1]
    n = stop - first
    actor = tiles.order[first + (n - tiles.turns_left[tile] % n) % n]
    if not _can_fire(actors, channels, actor):
        return
    tiles.is_busy[tile] = True
    tiles.turns_left[tile] -= 1
    actors.starts[actors.start_of[actor] + actors.n_started[actor]] = now
    actors.n_started[actor] += 1
    for index in range(actors.input_start[actor], actors.input_start[actor + 1]):
        channels.tokens[actors.inputs[index]] -= channels.consumption[actors.inputs[index]]
    for index in range(actors.output_start[actor], actors.output_start[actor + 1]):
        channels.room[actors.outputs[index]] -= channels.production[actors.outputs[index]]
    put(agenda, now + actors.time[actor], tile)


@inlined
def _step(channels, links, agenda, n_tiles, channel, now):
    """Take a token over its next link, or over the rest of its way."""
    at = channels.route_start[channel] + channels.at[channel]
    channels.at[channel] += 1
    if at == channels.route_start[channel + 1]:
        put(agenda, now + channels.rest[channel], n_tiles + channel)
        return
    link = channels.route[at]
    begin = max(now, links.free_at[link])
    links.free_at[link] = begin + links.time[link]
    put(agenda, begin + links.delay[link], n_tiles + channel)


@inlined
def _try_send(channels, links, agenda, n_tiles, channel, now):
    if not channels.is_between[channel] or channels.is_busy[channel]:
        return
    if channels.waiting[channel] == 0 or channels.room_ahead[channel] < 1:
        return
    channels.is_busy[channel] = True
    channels.waiting[channel] -= 1
    channels.room_ahead[channel] -= 1
    channels.at[channel] = 0
    _step(channels, links, agenda, n_tiles, channel, now)


@inlined
def _end(tiles, actors, channels, links, agenda, tile, now):
    """End a firing: put tokens, give room back, and start what that allows."""
    n = tiles.order_start[tile + 1] - tiles.order_start[tile]
    actor = tiles.order[tiles.order_start[tile] + (n - (tiles.turns_left[tile] + 1) % n) % n]
    tiles.is_busy[tile] = False
    first_in, last_in = actors.input_start[actor], actors.input_start[actor + 1]
    first_out, last_out = actors.output_start[actor], actors.output_start[actor + 1]
    for index in range(first_out, last_out):
        channel = actors.outputs[index]
        place = channels.waiting if channels.is_between[channel] else channels.tokens
        place[channel] += channels.production[channel]
    for index in range(first_in, last_in):
        channel = actors.inputs[index]
        room = channels.room_ahead if channels.is_between[channel] else channels.room
        room[channel] += channels.consumption[channel]
    _try_turn(tiles, actors, channels, agenda, tile, now)
    n_tiles = len(tiles.turns_left)
    while first_in < last_in or first_out < last_out:
        has_both = first_in < last_in and first_out < last_out
        if first_out == last_out or (has_both and actors.inputs[first_in] < actors.outputs[first_out]):
            channel = actors.inputs[first_in]
            first_in += 1
        else:
            channel = actors.outputs[first_out]
            first_out += 1
        _try_send(channels, links, agenda, n_tiles, channel, now)


@inlined
def _arrive(tiles, actors, channels, links, agenda, channel, now):
    channels.is_busy[channel] = False
    channels.tokens[channel] += 1
    channels.room[channel] += 1
    # only the last token that is missing, or the last place, can let a firing start that could not before
    has_room = channels.room[channel] == channels.production[channel]
    has_tokens = channels.tokens[channel] == channels.consumption[channel]
    source, target = actors.tile[channels.source[channel]], actors.tile[channels.target[channel]]
    if has_tokens and target < source:
        _try_turn(tiles, actors, channels, agenda, target, now)
    if has_room:
        _try_turn(tiles, actors, channels, agenda, source, now)
    if has_tokens and target > source:
        _try_turn(tiles, actors, channels, agenda, target, now)
    _try_send(channels, links, agenda, len(tiles.turns_left), channel, now)


@kernel
def run_self_timed(tiles, actors, channels, links, agenda):
    """Run until nothing is left to happen; dates of firings stand in ``actors``."""
    n_tiles = len(tiles.turns_left)
    for tile in range(n_tiles):
        _try_turn(tiles, actors, channels, agenda, tile, 0)
    for channel in range(len(channels.tokens)):
        _try_send(channels, links, agenda, n_tiles, channel, 0)
    while not is_empty(agenda):
        now, what = take(agenda)
        channel = what - n_tiles
        if channel < 0:
            _end(tiles, actors, channels, links, agenda, what, now)
        elif channels.at[channel] <= channels.route_start[channel + 1] - channels.route_start[channel]:
            _step(channels, links, agenda, n_tiles, channel, now)
        else:
            _arrive(tiles, actors, channels, links, agenda, channel, now)

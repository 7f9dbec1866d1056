"""The oracle of plastic synapses: one Python object a synapse, told of every spike in the tick in which it sees it.

Nothing is put off: a learning synapse sees the spikes of its target after the dendritic part of its delay and passes
on, after the rest of the delay, the weight that it had when it saw a presynaptic spike. Traces are sums over all
earlier spikes, and resources follow the matrix exponential of their equations.
"""

from __future__ import annotations

from collections import defaultdict, deque
from functools import cache
from math import exp

import numpy as np
from scipy.linalg import expm

from neurohw.network import Network
from neurohw.network.kernels import STREAM_SYNAPSE, uniform


class Plasticity:
    """All synapses of a network that are not static."""

    def __init__(self, network: Network, seed: int) -> None:
        self.synapses = {}
        self.ending_on = defaultdict(list)
        self.to_see = defaultdict(list)  # tick -> [(0 for post, 1 for pre, synapse)]
        number = 0
        for which, group in enumerate(network.synapses):
            for k in range(group.size if not group.model.is_static else 0):
                p = {name: float(values[k]) for name, values in group.parameters.items()}
                timing = (int(group.delay[k]), network.timestep_ms)
                draws = (seed, STREAM_SYNAPSE, number + k)
                synapse = _make(group.model, float(group.weight[k]), p, timing, draws)
                self.synapses[which, k] = synapse
                self.ending_on[network.populations[group.post].first + group.target[k]].append(synapse)
            number += group.size

    def begin(self, tick: int) -> None:
        """Let synapses see what they see before anything else happens in a tick: post before pre."""
        for kind, synapse in sorted(self.to_see.pop(tick, []), key=lambda event: event[0]):
            synapse.see_pre(tick) if kind else synapse.see_post(tick)

    def fired(self, cells: list[int], tick: int) -> None:
        """Send the spikes of a tick back along the dendrites."""
        for cell in cells:
            for synapse in self.ending_on[cell]:
                if synapse.dendritic == 0:
                    synapse.see_post(tick)
                else:
                    self.to_see[tick + synapse.dendritic].append((0, synapse))

    def arrived(self, which: int, k: int, tick: int) -> None:
        """Send a presynaptic spike along the axonal part of the delay."""
        synapse = self.synapses.get((which, k))
        if synapse is None:
            return
        if synapse.axonal == 0:
            synapse.see_pre(tick)
        else:
            self.to_see[tick + synapse.axonal].append((1, synapse))

    def passed(self, which: int, k: int, weight: float) -> float:
        """Return what a synapse delivers now: ``weight`` when it is static."""
        synapse = self.synapses.get((which, k))
        return weight if synapse is None else synapse.deliver()

    def change(self, network: Network) -> None:
        """Take over weights and parameters; what a learning synapse that changes has seen arrives with its new weight.

        Time constants of learning synapses must stay: traces are sums over all spikes.
        """
        for (which, k), synapse in self.synapses.items():
            group = network.synapses[which]
            p = {name: float(values[k]) for name, values in group.parameters.items()}
            synapse.set(float(group.weight[k]), p)

    def of_group(self, which: int, name: str) -> np.ndarray:
        """Return an attribute of all synapses of a group."""
        return np.array([getattr(s, name) for (group, _), s in self.synapses.items() if group == which])


def _make(model, weight, p, timing, draws):
    if model.learns:
        return Learning(model, weight, p, timing)
    if model.name == "tsodyks_markram":
        return TsodyksMarkram(weight, p, timing)
    if model.name == "simple_stochastic":
        return ByChance(weight, p, timing, draws)
    return Vesicles(weight, p, timing, draws)


class Synapse:
    """What all have: a weight, a delay, and what is on its way to the target."""

    dendritic = 0

    def __init__(self, weight, p, timing) -> None:
        self.weight, self.p = weight, p
        self.delay, self.timestep_ms = timing
        self.axonal = 0
        self.on_its_way = deque()
        self.last = 0

    def deliver(self) -> float:
        """Return what arrives now."""
        return self.weight * self.on_its_way.popleft()

    def set(self, weight: float, p: dict[str, float]) -> None:
        """Go on with another weight and other parameters."""
        self.weight, self.p = weight, p

    def see_post(self, tick: int) -> None:
        """Only learning synapses mind."""

    def see_pre(self, tick: int) -> None:
        """Pass a spike on."""
        self.on_its_way.append(self.transmit((tick - self.last) * self.timestep_ms))
        self.last = tick


def _use(u, p, interval):
    if p["tau_facil"] == 0:
        u = 0.0
    else:
        u *= exp(-interval / p["tau_facil"])
    return u + p["U"] * (1 - u)


class TsodyksMarkram(Synapse):
    """Resources (x, y, z) by the matrix exponential."""

    u, x, y, z = 0.0, 1.0, 0.0, 0.0

    def transmit(self, interval: float) -> float:
        """Return u * x."""
        if self.p["tau_psc"] == 0:
            self.y, self.z = 0.0, self.y + self.z
        moved = _resources(interval, self.p["tau_rec"], self.p["tau_psc"]) @ [self.x, self.y, self.z]
        self.u = _use(self.u, self.p, interval)
        share = self.u * moved[0]
        self.x, self.y, self.z = moved[0] - share, moved[1] + share, moved[2]
        return share


@cache
def _resources(interval, tau_rec, tau_psc):
    fall = 0.0 if tau_psc == 0 else 1 / tau_psc
    return expm(interval * np.array([[0, 0, 1 / tau_rec], [0, -fall, 0], [0, fall, -1 / tau_rec]]))


class ByChance(Synapse):
    """A coin for every spike."""

    def __init__(self, weight, p, timing, draws) -> None:
        super().__init__(weight, p, timing)
        self.draws, self.n_drawn = draws, 0

    def draw(self) -> float:
        """Return the next number between 0 and 1."""
        self.n_drawn += 1
        return uniform(*self.draws, self.n_drawn - 1)

    def transmit(self, interval: float) -> float:
        """Return 1 or 0."""
        return float(self.draw() < self.p["p"])


class Vesicles(ByChance):
    """A list of sites, the full ones first."""

    def __init__(self, weight, p, timing, draws) -> None:
        super().__init__(weight, p, timing, draws)
        self.u = 0.0
        self.full = [True] * int(p.get("n", 1))

    def transmit(self, interval: float) -> float:
        """Return the share of the sites that release."""
        self.u = _use(self.u, self.p, interval)
        released = 0
        for site, full in enumerate(self.full):
            full = full or self.draw() < 1 - exp(-interval / self.p["tau_rec"])
            releases = full and self.draw() < self.u
            self.full[site] = full and not releases
            released += releases
        self.full.sort(reverse=True)
        return released / len(self.full)


class Learning(Synapse):
    """All pairs of one presynaptic and one postsynaptic spike."""

    def __init__(self, model, weight, p, timing) -> None:
        super().__init__(weight, p, timing)
        self.model = model
        self.dendritic = int(np.rint(p["dendritic_delay_fraction"] * self.delay))
        self.axonal = self.delay - self.dendritic
        self.pre, self.post = [], []

    def deliver(self) -> float:
        """Return the weight that the synapse had when it saw the spike."""
        return self.on_its_way.popleft()

    def set(self, weight: float, p: dict[str, float]) -> None:
        """Go on with another weight and other parameters, for what has been seen and is under way too."""
        if weight != self.weight or p != self.p:
            self.weight, self.p = weight, p
            self.on_its_way = deque([weight] * len(self.on_its_way))

    def trace(self, spikes, tick, tau) -> float:
        """Return the sum over all spikes before ``tick``."""
        return sum(exp((t - tick) * self.timestep_ms / tau) for t in spikes if t < tick)

    def see_post(self, tick: int) -> None:
        """Learn from the presynaptic spikes before."""
        p = self.p
        trace = self.trace(self.pre, tick, p.get("tau_plus", p.get("tau")))
        if self.model.timing == "vogels_2011":
            self.change(self.sign * p["eta"] * trace)
        else:
            self.change(p["A_plus"] * self.growth() * trace)
        self.post.append(tick)

    def see_pre(self, tick: int) -> None:
        """Learn from the postsynaptic spikes before and pass the weight on."""
        p = self.p
        trace = self.trace(self.post, tick, p.get("tau_minus", p.get("tau")))
        if self.model.timing == "vogels_2011":
            self.change(self.sign * p["eta"] * (trace - 2 * p["rho"] * p["tau"]))
        else:
            self.change(-p["A_minus"] * self.shrinkage() * trace)
        self.pre.append(tick)
        self.on_its_way.append(self.weight)

    def change(self, by: float) -> None:
        """Change the weight within its bounds."""
        if by != 0:
            low, high = sorted((self.p["w_min"], self.p["w_max"]))
            self.weight = float(np.clip(self.weight + by, low, high))

    @property
    def sign(self) -> int:
        """1, or -1 where the bounds say that weights grow downwards."""
        return 1 if self.p["w_min"] <= self.p["w_max"] else -1

    def growth(self) -> float:
        """Return F+."""
        w, low, high = self.weight, self.p["w_min"], self.p["w_max"]
        if self.model.weight_dependence == "multiplicative":
            return high - w
        if self.model.weight_dependence == "gutig":
            return (
                (high - low) * np.clip((high - w) / (high - low), 0, 1) ** self.p["mu_plus"]
                if high != low
                else 0
            )
        return high

    def shrinkage(self) -> float:
        """Return F-."""
        w, low, high = self.weight, self.p["w_min"], self.p["w_max"]
        if self.model.weight_dependence == "multiplicative":
            return w - low
        if self.model.weight_dependence == "gutig":
            return (
                (high - low) * np.clip((w - low) / (high - low), 0, 1) ** self.p["mu_minus"]
                if high != low
                else 0
            )
        return high if self.model.weight_dependence == "additive" else w

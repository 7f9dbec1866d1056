"""The oracle of cells without a closed form: every tick of every cell is handed to a general solver of equations.

Written from the equations of the models: receptors and adaptation are variables like all others, and a potential
that reaches its level inside a tick is found by the solver's search for events.
"""

from __future__ import annotations

from math import e

import numpy as np
from scipy.integrate import solve_ivp

from neurohw.network import Network, Population
from neurohw.network.kernels import STREAM_FIRING, uniform
from tests.naive.currents import injected_na

LONG_AGO = -(10**9)
HH_LEVEL_MV = 10.0
IZHIKEVICH_TOP_MV = 30.0
VARIABLES = {
    "lif": ("v",),
    "lif_sfa_rr": ("v", "g_s", "g_r"),
    "adexp": ("v", "w"),
    "izhikevich": ("v", "u"),
    "hh_traub": ("v", "m", "h", "n"),
    "gif": ("v", "eta1", "eta2", "eta3", "gamma1", "gamma2", "gamma3"),
}
STARTS = {"izhikevich": {"v": -70.0, "u": -14.0}, "hh_traub": {"v": -65.0, "h": 1.0}}


class OdeCells:
    """The neurons of one population; the same interface as ``tests.naive.clocked.Cells``."""

    def __init__(self, population: Population, timestep_ms: float, seed: int) -> None:
        self.timestep_ms, self.seed, self.tick = timestep_ms, seed, 0
        self.model = population.model
        self.membrane = population.model.membrane
        self.change(population, 0)
        self.names = list(VARIABLES[self.membrane])
        self.names += [f"{r.name} {part}" for r in self.model.receptors for part in ("a", "b")]
        start = {"v": self.p.get("v_rest")} | STARTS.get(self.membrane, {}) | dict(population.initial)
        start |= {"eta1": start.get("i_eta", 0.0)}
        for receptor in self.model.receptors:
            start[f"{receptor.name} a"] = start.get(receptor.variable, 0.0)
        self.y = np.array(
            [np.broadcast_to(start.get(name, 0.0), population.size) for name in self.names], float
        )
        self.last_spike = np.full(population.size, LONG_AGO)
        self.refractory = np.zeros(population.size, bool)
        self.reached = np.zeros(population.size, bool)
        self.current = self.p["i_offset"].copy()

    def change(self, population: Population, tick: int) -> None:
        """Take over parameters."""
        self.population, self.p = population, population.parameters
        refractory_ms = self.p.get("tau_refrac", np.zeros(population.size))
        self.refractory_ticks = np.rint(refractory_ms / self.timestep_ms).astype(int)

    @property
    def x(self) -> dict[str, np.ndarray]:
        """The variables that can be recorded."""
        values = dict(zip(self.names, self.y, strict=True))
        for r in self.model.receptors:
            values[r.variable] = values[f"{r.name} a"]
        if self.membrane == "gif":
            values["i_eta"] = values["eta1"] + values["eta2"] + values["eta3"]
            gamma = values["gamma1"] + values["gamma2"] + values["gamma3"]
            values["v_t"] = self.p["v_t_star"] + gamma
        return values

    def inject(self, network: Network, index: int, tick: int, seed: int) -> None:
        """Set the current that flows from ``tick`` to the next one: offset, all steps so far, waveforms."""
        self.current = self.p["i_offset"] + injected_na(network, index, tick, seed)

    def advance(self, tick: int) -> None:
        """Advance all states to ``tick``."""
        self.tick = tick
        self.refractory = tick <= self.last_spike + self.refractory_ticks
        for i in range(self.population.size):
            self.y[:, i], self.reached[i] = self.advanced(i)

    def advanced(self, i: int) -> tuple[np.ndarray, bool]:
        """Return the state of a cell after a tick, and whether v came to its level from below on the way."""
        y = self.y[:, i].copy()
        if self.refractory[i]:
            return self.solved(i, y, self.timestep_ms, held=True).y[:, -1], False
        if self.membrane in ("lif", "lif_sfa_rr", "gif"):
            return self.solved(i, y, self.timestep_ms).y[:, -1], False
        level, stops = self.level(i), self.membrane != "hh_traub"
        if stops and y[0] >= level:
            y[0] = level
            return self.solved(i, y, self.timestep_ms, held=True).y[:, -1], True

        def at_level(t, y):
            return y[0] - level

        at_level.terminal, at_level.direction = stops, 1
        solution = self.solved(i, y, self.timestep_ms, events=at_level)
        reached = len(solution.t_events[0]) > 0
        left_ms = self.timestep_ms - solution.t[-1]
        if not reached or left_ms <= 0:
            return solution.y[:, -1], reached
        y = solution.y[:, -1]
        y[0] = level
        return self.solved(i, y, left_ms, held=True).y[:, -1], True

    def level(self, i: int) -> float:
        """Return the potential at which a cell fires."""
        if self.membrane == "adexp":
            return self.p["v_spike" if self.p["delta_T"][i] > 0 else "v_thresh"][i]
        return {"izhikevich": IZHIKEVICH_TOP_MV, "hh_traub": HH_LEVEL_MV}[self.membrane]

    def solved(self, i: int, y: np.ndarray, span_ms: float, held: bool = False, events=None):
        """Solve the equations of a cell over a time, with v held or not."""
        p = {name: values[i] for name, values in self.p.items()}
        slopes = EQUATIONS[self.membrane]

        def derivative(t, y):
            now = dict(zip(self.names, y, strict=True))
            out = dict.fromkeys(self.names, 0.0)
            current = self.current[i]
            for receptor in self.model.receptors:
                current += receptor_slopes(receptor, p, now, out)
            for name, tau, flow in kernels(self.membrane, p):
                out[name] = -now[name] / tau
                current += flow(now)
            out |= slopes(p, now, current)
            out["v"] *= not held
            return [out[name] for name in self.names]

        return solve_ivp(derivative, (0, span_ms), y, "DOP853", rtol=1e-9, atol=1e-11, events=events)

    def receive(self, receptor_name: str, cell: int, weight: float) -> None:
        """Add one synaptic event to its state."""
        receptor = self.model.receptor(receptor_name)
        slow, fast = (self.names.index(f"{receptor_name} {part}") for part in ("a", "b"))
        if receptor.shape == "delta":
            self.y[0, cell] += 0.0 if self.refractory[cell] else weight
        elif receptor.shape.endswith("exp"):
            self.y[slow, cell] += weight
        else:
            self.y[fast, cell] += weight

    def fire(self, tick: int) -> list[int]:
        """Reset the cells that fire and return them."""
        fired = [i for i in range(self.population.size) if not self.refractory[i] and self.fires(i)]
        for i in fired:
            self.spike(i)
            self.last_spike[i] = tick
        return fired

    def fires(self, i: int) -> bool:
        """Return whether a cell that is not refractory fires now."""
        v = self.y[0, i]
        if self.membrane in ("lif", "lif_sfa_rr"):
            return v >= self.p["v_thresh"][i]
        if self.membrane == "gif":
            hazard_hz = self.p["lambda0"][i] * np.exp((v - self.x["v_t"][i]) / self.p["delta_v"][i])
            probability = 1 - np.exp(-hazard_hz * self.timestep_ms / 1000)
            return uniform(self.seed, STREAM_FIRING, self.population.first + i, self.tick) < probability
        return self.reached[i] or (self.membrane != "hh_traub" and v >= self.level(i))

    def spike(self, i: int) -> None:
        """Do to a cell's state what a spike does."""
        p = {name: values[i] for name, values in self.p.items()}
        if self.membrane == "hh_traub":
            return
        self.y[0, i] = p["c" if self.membrane == "izhikevich" else "v_reset"]
        jumps = {
            "lif_sfa_rr": {"g_s": "q_sfa", "g_r": "q_rr"},
            "adexp": {"w": "b"},
            "izhikevich": {"u": "d"},
            "gif": {f"{kernel}{k}": f"a_{kernel}{k}" for kernel in ("eta", "gamma") for k in (1, 2, 3)},
        }
        for variable, parameter in jumps.get(self.membrane, {}).items():
            self.y[self.names.index(variable), i] += p[parameter]


def receptor_slopes(receptor, p, now, out) -> float:
    """Write the derivatives of a receptor's two variables; return its current."""
    if receptor.shape == "delta":
        return 0.0
    slow, fast = f"{receptor.name} a", f"{receptor.name} b"
    role = {name: p[parameter] for name, parameter in receptor.parameters.items()}
    size = now[slow]
    if receptor.shape == "cond_beta":
        rise, decay = role["tau_rise"], role["tau_decay"]
        peak_ms = rise * decay / (decay - rise) * np.log(decay / rise)
        factor = 1 / (np.exp(-peak_ms / decay) - np.exp(-peak_ms / rise))
        out[slow] = factor * now[fast] * (1 / rise - 1 / decay) - now[slow] / decay
        out[fast] = -now[fast] / rise
    else:
        out[slow] = (e * now[fast] - now[slow]) / role["tau"]
        out[fast] = -now[fast] / role["tau"]
    return size * (role["e_rev"] - now["v"]) if receptor.shape.startswith("cond") else size


def kernels(membrane, p):
    """Return (variable, time constant, current) of what decays by itself after a spike."""
    if membrane == "lif_sfa_rr":
        return [
            ("g_s", p["tau_sfa"], lambda now: 1e-3 * now["g_s"] * (p["e_rev_sfa"] - now["v"])),
            ("g_r", p["tau_rr"], lambda now: 1e-3 * now["g_r"] * (p["e_rev_rr"] - now["v"])),
        ]
    if membrane == "gif":
        eta = [(f"eta{k}", p[f"tau_eta{k}"], lambda now, k=k: -now[f"eta{k}"]) for k in (1, 2, 3)]
        return eta + [(f"gamma{k}", p[f"tau_gamma{k}"], lambda now: 0.0) for k in (1, 2, 3)]
    return []


def lif(p, now, current):
    """C dv/dt = C / tau_m (v_rest - v) + I."""
    return {"v": (p["v_rest"] - now["v"]) / p["tau_m"] + current / p["cm"]}


def adexp(p, now, current):
    """Brette & Gerstner 2005, equations 1 and 2."""
    leak, sharp = p["cm"] / p["tau_m"], p["delta_T"]
    bend = 0.0
    if sharp > 0:
        v = min(now["v"], p["v_spike"])  # where v is stopped
        bend = leak * sharp * np.exp((v - p["v_thresh"]) / sharp)
    dv = (-leak * (now["v"] - p["v_rest"]) + bend - now["w"] + current) / p["cm"]
    return {"v": dv, "w": (p["a"] / 1000 * (now["v"] - p["v_rest"]) - now["w"]) / p["tau_w"]}


def izhikevich(p, now, current):
    """Izhikevich 2003, equations 1 and 2; a pA is a mV/ms."""
    v, u = now["v"], now["u"]
    return {"v": 0.04 * v**2 + 5 * v + 140 - u + 1000 * current, "u": p["a"] * (p["b"] * v - u)}


def hh_traub(p, now, current):
    """Traub & Miles 1991, with all rates as functions of v - v_offset."""
    v, m, h, n = now["v"], now["m"], now["h"], now["n"]
    u = v - p["v_offset"]
    ionic = p["gbar_Na"] * m**3 * h * (p["e_rev_Na"] - v) + p["gbar_K"] * n**4 * (p["e_rev_K"] - v)
    ionic += p["g_leak"] * (p["e_rev_leak"] - v)
    a_m = 0.32 * (13 - u) / (np.exp((13 - u) / 4) - 1)
    b_m = 0.28 * (u - 40) / (np.exp((u - 40) / 5) - 1)
    a_h, b_h = 0.128 * np.exp((17 - u) / 18), 4 / (np.exp((40 - u) / 5) + 1)
    a_n, b_n = 0.032 * (15 - u) / (np.exp((15 - u) / 5) - 1), 0.5 * np.exp((10 - u) / 40)
    return {
        "v": (ionic + current) / p["cm"],
        "m": a_m * (1 - m) - b_m * m,
        "h": a_h * (1 - h) - b_h * h,
        "n": a_n * (1 - n) - b_n * n,
    }


EQUATIONS = {
    "lif": lif,
    "lif_sfa_rr": lif,
    "gif": lif,
    "adexp": adexp,
    "izhikevich": izhikevich,
    "hh_traub": hh_traub,
}

"""The maximum cycle ratio of a graph by Howard's policy iteration, in exact arithmetic.

Of all cycles the one with the largest sum of weights over sum of delays is found by improving a policy: one outgoing
edge for each node. A policy leads every node into one cycle, whose ratio is the node's; the policy is improved first
towards cycles of larger ratio, then towards later times (Cochet-Terrasson, Cohen, Gaubert, McGettrick and Quadrat,
Proc. IFAC Conf. on System Structure and Control (1998); for ratios Dasdan, ACM Trans. Des. Autom. Electron. Syst.
9:385 (2004), doi:10.1145/1027084.1027085). Times are whole numbers, scaled by the denominator of the ratio: nothing
is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from neurohw.dataflow.components import component_of_node
from neurohw.dataflow.firings import Edge


@dataclass(frozen=True)
class CriticalCycle:
    """The largest ratio of weight over delay, and the edges of a cycle that has it, each after the one it follows."""

    ratio: Fraction
    edges: tuple[Edge, ...]


def maximum_cycle_ratio(n_nodes: int, edges: Sequence[Edge]) -> CriticalCycle | None:
    """Return the maximum cycle ratio, None for a graph without cycles.

    Parameters
    ----------
    n_nodes : nodes are numbered from 0.
    edges : with whole weights of at least 0; every cycle has a delay above 0.
    """
    best: CriticalCycle | None = None
    for component in _edges_by_component(n_nodes, edges):
        cycle = _Policy(component).solve()
        if best is None or cycle.ratio > best.ratio:
            best = cycle
    return best


def _edges_by_component(n_nodes: int, edges: Sequence[Edge]) -> list[list[Edge]]:
    label = component_of_node(n_nodes, [edge.source for edge in edges], [edge.target for edge in edges])
    inside: dict[int, list[Edge]] = {}
    for edge in edges:
        if label[edge.source] == label[edge.target]:
            inside.setdefault(label[edge.source], []).append(edge)
    return list(inside.values())


class _Policy:
    """One outgoing edge for each node of a strongly connected graph, and what the policy is worth."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self.out: dict[int, list[Edge]] = {}
        for edge in edges:
            self.out.setdefault(edge.source, []).append(edge)
        self.choice = {node: max(out, key=lambda edge: edge.weight) for node, out in self.out.items()}
        # of the cycle that the policy leads a node to; below all ratios to begin with
        self.ratio = dict.fromkeys(self.out, Fraction(-1))
        # how much later than a node of that cycle, times the denominator of the ratio
        self.value = dict.fromkeys(self.out, 0)

    def solve(self) -> CriticalCycle:
        """Improve until nothing can be improved."""
        while True:
            self._evaluate()
            if not (self._improve_ratios() or self._improve_values()):
                cycle = self._cycle_from(self._root_of(next(iter(self.choice))))
                return CriticalCycle(_ratio(cycle), tuple(cycle))

    def _evaluate(self) -> None:
        start_of: dict[int, int] = {}
        for start in self.choice:
            path, node = [], start
            while node not in start_of:
                start_of[node] = start
                path.append(node)
                node = self.choice[node].target
            if start_of[node] == start:  # a cycle not met before, and node is on it
                self._set_root(node)
                path.remove(node)
            for earlier in reversed(path):
                self._set_from_next(earlier)

    def _set_root(self, node: int) -> None:
        ratio = _ratio(self._cycle_from(node))
        # where the ratio is as before the value stays, or equal cycles could take turns for ever
        if ratio != self.ratio[node]:
            self.ratio[node], self.value[node] = ratio, 0

    def _set_from_next(self, node: int) -> None:
        edge = self.choice[node]
        ratio = self.ratio[node] = self.ratio[edge.target]
        self.value[node] = _gain(edge, ratio) + self.value[edge.target]

    def _improve_ratios(self) -> bool:
        rank = {ratio: place for place, ratio in enumerate(sorted(set(self.ratio.values())))}
        if len(rank) == 1:
            return False
        place = {node: rank[ratio] for node, ratio in self.ratio.items()}
        better = {}
        for node, out in self.out.items():
            edge = max(out, key=lambda edge: place[edge.target])
            if place[edge.target] > place[node]:
                better[node] = edge
        self.choice |= better
        return bool(better)

    def _improve_values(self) -> bool:
        """Take edges to later values; all nodes have the same ratio by now, as each can reach the best cycle."""
        ratio, value, improved = next(iter(self.ratio.values())), self.value, False
        weight_scale, delay_scale = ratio.denominator, ratio.numerator
        for node, out in self.out.items():
            latest = value[node]
            for edge in out:
                this = edge.weight * weight_scale - edge.delay * delay_scale + value[edge.target]
                if this > latest:
                    latest, self.choice[node], improved = this, edge, True
        return improved

    def _root_of(self, node: int) -> int:
        met: set[int] = set()
        while node not in met:
            met.add(node)
            node = self.choice[node].target
        return node

    def _cycle_from(self, root: int) -> list[Edge]:
        cycle = [self.choice[root]]
        while cycle[-1].target != root:
            cycle.append(self.choice[cycle[-1].target])
        return cycle


def _ratio(cycle: Sequence[Edge]) -> Fraction:
    return Fraction(sum(edge.weight for edge in cycle), sum(edge.delay for edge in cycle))


def _gain(edge: Edge, ratio: Fraction) -> int:
    return edge.weight * ratio.denominator - edge.delay * ratio.numerator

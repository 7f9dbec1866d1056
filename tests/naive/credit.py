"""The oracle of routers with credits: every cycle is stepped, every packet is an object in a list.

One cycle: (1) packets arrive in queues and places become known to be free; (2) every free output looks at the heads
that ask for it and at its places; (3) what was granted starts, what waited too long is lost, new heads ask from the
next cycle on. Outputs that take no time do 2 and 3 first, so that their packets can go on in the same cycle.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque

from neurohw_event.fabric import Links, Ways, Work


class Packet:
    """A packet at a node; ``unsent`` are the edges that it still has to take."""

    def __init__(self, node: int, cell: int, fired: int, entered: int) -> None:
        self.node, self.cell, self.fired, self.entered = node, cell, fired, entered
        self.stood = 0
        self.reached = None  # the crossbar
        self.unsent: list[int] = []


class NaiveCredit:
    """Routers on a graph; ``step`` does one cycle."""

    def __init__(
        self, links: Links, ways: Ways, work: Work, wait=-1, reinject=-1, source_packets=-1, ring=None
    ):
        self.links, self.ways, self.work = links, ways, work
        self.wait, self.reinject, self.source_packets = wait, reinject, source_packets
        self.n_links = len(links.source)
        self.ring = [-1] * self.n_links if ring is None else list(ring)
        self.n_stations = 1 + max(*links.source, *links.target)
        self.now = 0
        self.queues = defaultdict(deque)  # by ("link", l) or ("source", station)
        self.asks_from = {}  # of a queue's head
        self.sent_until = Counter()  # of a queue's head: cycle in which its tail leaves
        self.turn = Counter()  # of a queue: cycle in which the next head may ask
        self.places = defaultdict(
            deque
        )  # of a link: when each place in use can be taken again, None: unknown
        self.busy_until = Counter()
        self.chosen = {}
        self.pointer = Counter()
        self.due = defaultdict(list)
        self.deliveries = []
        self.reached = []  # for each delivery, when it stood before its crossbar
        self.offered = Counter()
        self.carried, self.busy, self.waited = Counter(), Counter(), Counter()
        self.longest, self.lost = Counter(), Counter()
        self.reinjected = 0

    # --- the network ------------------------------------------------------------------------------------------

    def edges(self, node):
        return range(self.ways.edges_of_node[node], self.ways.edges_of_node[node + 1])

    def inputs(self, station):
        into = [("link", link) for link in range(self.n_links) if self.links.target[link] == station]
        return [*into, ("source", station)]

    def is_encoder(self, link):
        return self.links.target[link] >= 0 and self.links.source[link] not in list(self.links.target)

    def needs_tail(self, node):
        edges = self.edges(node)
        return not edges or any(self.links.service[self.ways.link_of_edge[edge]] < 0 for edge in edges)

    def place_needed(self, link, queue):
        if self.ring[link] < 0 or (queue[0] == "link" and self.ring[queue[1]] == self.ring[link]):
            return 1
        return 2

    def has_place(self, link, queue):
        depth = self.links.depth[link]
        return depth < 0 or depth - len(self.places[link]) >= self.place_needed(link, queue)

    # --- what happens -----------------------------------------------------------------------------------------

    def enter(self, node, cell, fired, cycle):
        edges = self.edges(node)
        queue = ("source", self.links.source[self.ways.link_of_edge[edges[0]]]) if edges else None
        self.due[cycle].append((Packet(node, cell, fired, cycle), queue))

    def run(self, until):
        while self.now < until:
            self.step()

    def step(self):
        self.arrive()
        for places in self.places.values():
            while places and places[0] is not None and places[0] <= self.now:
                places.popleft()
        instant = [link for link in range(self.n_links) if self.is_instant(link)]
        self.follow(self.start_all([grant for link in instant if (grant := self.grant(link))]))
        self.arrive()
        others = [link for link in range(self.n_links) if link not in instant]
        grants = [grant for link in others if (grant := self.grant(link))]
        doomed = self.doomed()
        popped = self.start_all(grants)
        for queue, link in doomed.items():
            self.lose(queue, link)
        self.follow([*popped, *doomed])
        self.arrive()  # work of no cycles
        self.now += 1

    def is_instant(self, link):
        return self.links.target[link] >= 0 and self.links.latency[link] == 0

    def start_all(self, grants):
        """Start packets; returns the queues whose heads have left."""
        return [queue for link, queue in grants if self.start(link, queue)]

    def follow(self, queues):
        """Let the next heads ask."""
        for queue in queues:
            self.sent_until[queue] = 0
            if self.queues[queue]:
                self.asks_from[queue] = max(self.now + 1, self.turn[queue])

    def arrive(self):
        for packet, queue in self.due.pop(self.now, []):
            if queue is None:
                self.deliveries.append((self.now, packet.node, packet.cell, packet.fired, packet.entered))
                self.reached.append(self.now if packet.reached is None else packet.reached)
                continue
            waiting = self.queues[queue]
            self.offered.update(self.ways.link_of_edge[e] for e in packet.unsent or self.edges(packet.node))
            is_full = 0 <= self.source_packets <= len(waiting)
            if queue[0] == "source" and is_full and not packet.unsent:
                self.lost[queue] += self.ways.leaves_of_node[packet.node]
                continue
            if queue[0] == "link" and self.is_encoder(queue[1]):
                packet.entered = self.now
            packet.stood = self.now
            packet.unsent = packet.unsent or list(self.edges(packet.node))
            if not waiting:
                self.asks_from[queue] = max(self.now, self.turn[queue])
            waiting.append(packet)
            self.longest[queue] = max(self.longest[queue], len(waiting))

    def asking(self, link):
        """Queues whose heads ask for a link, by port."""
        found = []
        for queue in self.inputs(self.links.source[link]):
            if self.queues[queue] and self.asks_from[queue] <= self.now:
                head = self.queues[queue][0]
                if any(self.ways.link_of_edge[edge] == link for edge in head.unsent):
                    found.append(queue)
        return found

    def grant(self, link):
        asking = self.asking(link)
        if not asking or self.busy_until[link] > self.now:
            return None
        queue = self.chosen.get(link)
        if queue is None:
            able = (
                asking if self.ring[link] < 0 else [queue for queue in asking if self.has_place(link, queue)]
            )
            if not able:
                return None
            ports = self.inputs(self.links.source[link])
            ahead = [(ports.index(queue) - self.pointer[link]) % len(ports) for queue in able]
            queue = able[ahead.index(min(ahead))]
            self.pointer[link] = (ports.index(queue) + 1) % len(ports)
            self.chosen[link] = queue
        if not self.has_place(link, queue):
            return None
        del self.chosen[link]
        return link, queue

    def doomed(self):
        """Heads that are lost in this cycle, and the first link that had no place for them."""
        found = {}
        if self.wait < 0:
            return found
        for link in range(self.n_links):
            for queue in self.asking(link):
                too_long = self.now - self.asks_from[queue] >= self.wait
                if queue[0] == "link" and too_long and not self.has_place(link, queue):
                    found.setdefault(queue, link)
        return dict(sorted(found.items()))

    def start(self, link, queue):
        head = self.queues[queue][0]
        edge = next(edge for edge in head.unsent if self.ways.link_of_edge[edge] == link)
        head.unsent.remove(edge)
        node = self.ways.node_of_edge[edge]
        service, latency = self.links.service[link], self.links.latency[link]
        is_work = service < 0
        if is_work:
            service = latency = self.work.cycles[head.cell + self.ways.rank_of_node[node]]
        hold = max(service, 1)
        arrival = self.now + latency
        if self.needs_tail(node) and not is_work and not self.is_encoder(link):
            arrival += hold - 1
        self.busy_until[link] = self.now + hold
        self.sent_until[queue] = max(self.sent_until[queue], self.now + hold - 1)
        self.turn[queue] = max(self.turn[queue], self.now + (1 if is_work else hold))
        self.carried[link] += 1
        self.busy[link] += hold
        self.waited[link] += self.now - head.stood
        is_end = not self.edges(node)
        if self.links.depth[link] >= 0:
            self.places[link].append(arrival + self.links.credit[link] if is_end else None)
        copy = Packet(node, head.cell, head.fired, head.entered)
        copy.reached = head.stood if is_work else None
        self.due[arrival].append((copy, None if is_end else ("link", link)))
        if head.unsent:
            return False
        self.pop(queue)
        return True

    def pop(self, queue):
        if queue[0] == "link" and self.links.depth[queue[1]] >= 0:
            places = self.places[queue[1]]
            # the oldest place whose time is unknown is that of the head
            places[places.index(None)] = self.sent_until[queue] + self.links.credit[queue[1]]
        return self.queues[queue].popleft()

    def lose(self, queue, link):
        self.sent_until[queue] = max(self.sent_until[queue], self.now)
        self.turn[queue] = max(self.turn[queue], self.now + 1)
        head = self.pop(queue)
        for output in [output for output, chosen in self.chosen.items() if chosen == queue]:
            del self.chosen[output]
        if self.reinject >= 0:
            self.reinjected += 1
            station = ("source", self.links.target[queue[1]])
            self.due[self.now + max(self.reinject, 1)].append((head, station))
            return
        ends = [self.ways.leaves_of_node[self.ways.node_of_edge[edge]] for edge in head.unsent]
        self.lost[("link", link)] += sum(ends)

    # --- what is left -----------------------------------------------------------------------------------------

    def is_empty(self):
        return not self.due and not any(self.queues.values())

"""Input-queued routers with credits, cycle by cycle; cycles in which nothing happens cost nothing."""

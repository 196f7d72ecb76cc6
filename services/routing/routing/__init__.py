"""Routing: the work itself, its queues, people, clocks and answers."""

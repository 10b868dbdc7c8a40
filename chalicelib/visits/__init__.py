"""The day of the visit: arrival, queues of service points, calling, and what became of everybody."""

"""The day of the visit: arrival, queues of service points, calls and outcomes."""

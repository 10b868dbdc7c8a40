"""Tests of the access log: look-ups, the person's own log, the quota of people."""

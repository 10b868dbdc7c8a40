"""Who was shown whom: records of readings, the person's own access log, and the quota of people."""

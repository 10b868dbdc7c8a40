"""Account Center in memory: who may change which account, and the first administrator."""

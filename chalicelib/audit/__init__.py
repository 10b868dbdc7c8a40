"""Who did what to which appointment, and when: append only, mostly fed by the appointments table's stream."""

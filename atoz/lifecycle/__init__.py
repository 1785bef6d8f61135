"""The life of a claim: one transition table, and the machine made from it."""

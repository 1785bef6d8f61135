"""Model checking of escalation policies."""

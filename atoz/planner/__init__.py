"""Escalation policies as data, and the plans made from them."""

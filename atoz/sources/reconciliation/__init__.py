"""Reconciliation: the records of an order compared with its claim, as suggestions, conflicts and findings."""

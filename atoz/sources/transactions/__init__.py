"""Transactions of money on an order: read from the Finances API, counted once, and what they show of the funding."""

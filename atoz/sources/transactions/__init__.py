"""Traces of money: Finances payloads and report files become transactions, and transactions say who funded a claim."""

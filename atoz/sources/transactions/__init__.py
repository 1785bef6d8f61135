"""Traces of money: Finances payloads and report files become movements, and movements say who funded a claim."""

"""Benchmarks: ratios within one run; see the page of numbers."""

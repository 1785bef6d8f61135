"""Dated, cited rules: editions, filing windows, deadlines, and what counts against the Order Defect Rate."""

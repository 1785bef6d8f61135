"""Report files: settlement, date range, returns and account health.

They are read row by row, so memory stays flat however long a file is.
"""

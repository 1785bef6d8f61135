"""Report files: settlement, date range, returns and account health; read row by row, whatever their length."""

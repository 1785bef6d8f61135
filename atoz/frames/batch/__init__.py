"""Files of orders and claims in, files of results out."""

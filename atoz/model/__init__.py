"""Facts: orders, claims, events, money, marketplaces, statuses and reasons."""

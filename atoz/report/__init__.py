"""Findings for people: text for a terminal, pages, packets and calendars."""

"""The real world becomes orders, money movements, flags, notices and suggestions; nothing is guessed without a note."""

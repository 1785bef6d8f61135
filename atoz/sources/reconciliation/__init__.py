"""Records of many sources against claims: what they add, and where they disagree."""

"""E-mail notices: what a claim mail says, in any language that a source supports; headers first, then phrases."""

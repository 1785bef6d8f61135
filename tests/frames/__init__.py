"""Tests of the frames; a package, because they share rows and engines."""

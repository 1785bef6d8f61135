"""The command line: parse, call, render, exit code. The only place that reads the clock."""

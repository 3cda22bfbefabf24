"""Benchmarks: run them with ``python -m benchmarks.<name>`` from the top of the repository."""

"""What ``python -m benchmarks`` can be asked for."""

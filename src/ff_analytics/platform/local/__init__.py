"""Server, worker and runs on one machine: what quickstart, tests and benchmarks share."""

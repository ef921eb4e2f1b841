"""The gate, which decides who may chat now, and how much."""

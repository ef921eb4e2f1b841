"""The tools of the orders assistant."""

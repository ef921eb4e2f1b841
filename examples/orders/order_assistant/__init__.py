"""The orders assistant."""

"""Parts of bench/store.py: realistic turns, alternative stores and the meter."""

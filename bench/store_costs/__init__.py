"""What bench/store.py measures: a turn of realistic texts, the rivals, the meter."""

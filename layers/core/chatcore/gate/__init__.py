"""Who may chat now, and how much."""

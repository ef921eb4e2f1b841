"""A turn: its run, its lease, its stored text so far, and following it from another request."""

"""The example domain: the tools of a personal task list."""

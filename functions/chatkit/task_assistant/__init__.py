"""The example assistant, a personal task list: replace this package with your own."""

"""The conversation: the ChatKit server, its history, titles, widgets and progress."""

"""The chatkit function: the conversation, streamed."""

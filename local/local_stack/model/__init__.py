"""An OpenAI-compatible model server with a scripted assistant, for a laptop without an API key.

Point `OPENAI_BASE_URL` at it and pass any key. It speaks the Responses and the Chat Completions
wire formats, streamed and not; the answers come from plain rules about a task list.
"""

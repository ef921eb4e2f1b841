"""A model server with a scripted assistant, for development without a key.

Point `OPENAI_BASE_URL` at it and pass any key. It speaks the Responses and the Chat Completions
API, with and without streaming. The package `assistant` writes the answers. The package `bedrock`
serves the same model as Amazon Bedrock does, to requests that are signed.
"""

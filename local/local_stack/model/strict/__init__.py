"""What the strictest endpoints refuse in a request, as pure functions over its body.

Each rule is one of at least one endpoint in use: OpenAI, Azure, Bedrock, Gemini, Mistral, Groq,
vLLM, Ollama, or Anthropic behind a proxy. A body without violations is taken by all of them.
"""

"""What the strictest endpoints refuse in a request, as pure functions over its body.

At least one endpoint in use enforces each rule: OpenAI, Azure, Bedrock, Gemini, Mistral, Groq,
vLLM, Ollama, or Anthropic behind a proxy. All of them accept a body without violations.
"""

"""The agent's tools: our MCP function and whatever other MCP servers are set, as one to a turn."""

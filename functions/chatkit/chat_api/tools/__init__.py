"""The agent's tools: our MCP function and the MCP servers of the setting, merged for a turn."""

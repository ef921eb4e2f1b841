"""The MCP service: the tools of a team behind verified tokens."""

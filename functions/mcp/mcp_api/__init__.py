"""The MCP service: a team's tools behind verified tokens."""

"""The MCP function: the example domain, a personal task list, as tools."""

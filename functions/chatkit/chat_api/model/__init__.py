"""Requests to models: everything between a run of the agent and the model's endpoint."""

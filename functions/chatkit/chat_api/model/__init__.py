"""What stands between a run of the agent and the model's endpoint."""

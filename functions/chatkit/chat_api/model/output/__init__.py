"""What a model answers: checked, and in the form that the Agents SDK and ChatKit read."""

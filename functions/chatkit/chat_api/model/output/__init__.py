"""The answers of models: checked, and in the form that the Agents SDK and ChatKit read."""

"""What a model is sent: a history in the form that the strictest endpoint takes."""

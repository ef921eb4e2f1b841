"""The input of model requests: histories in the form that the strictest endpoint takes."""

"""`make deploy`: looks before it leaps, then hands over to `sam deploy`."""

"""`make deploy`: checks the account and all values, then runs `sam deploy`."""

"""Conversations in DynamoDB."""

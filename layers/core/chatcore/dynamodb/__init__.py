"""DynamoDB tables and update expressions."""

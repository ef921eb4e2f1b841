"""DynamoDB, Secrets Manager and S3 on one machine, with all data in memory.

`servers` starts moto, and dynoxide for DynamoDB where it is installed; `provisioning` creates the
template's tables, secrets and buckets.
"""

"""The whole service on one machine, with stand-ins for AWS and for the model.

- `lambda_`: Lambda, with separate processes for each function behind an emulated Runtime API
- `gateway`: API Gateway
- `storage`: DynamoDB, Secrets Manager and S3
- `template`: what `template.yaml` declares
- `model`: an OpenAI-compatible server with a scripted assistant

`stack` runs all of them. `stand_ins` runs all but the gateway, for functions that run elsewhere.
`__main__` has the commands.
"""

"""The scripted model as Amazon Bedrock serves it: signed requests, and refusals in AWS's format.

`sigv4` verifies signatures, `account` says who may do what, and `app` serves both of OpenAI's APIs.
"""

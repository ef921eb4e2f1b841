"""API Gateway on one machine: a REST API with Lambda proxy integrations, and its access log.

`app` is the ASGI application: `routing` finds the route, `events` makes the function's event,
`integration` reads the function's answer, and `gateway_responses` builds API Gateway's own errors.
"""

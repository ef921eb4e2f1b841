"""AWS Lambda on one machine: its Runtime API, execution environments, concurrency and Invoke API.

A function runs in processes that AWS's own runtime client starts. `container_pool` decides how many
there are, `container` runs one of them, and `runtime_api` hands invocations to it.
"""

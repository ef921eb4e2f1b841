"""AWS Lambda on one machine: its Runtime API, execution environments, concurrency and Invoke API.

Each execution environment of a function is a process that runs AWS's own runtime client.
`environment_pool` decides how many there are, `execution_environment` runs one of them, and
`runtime_api` hands invocations to it.
"""

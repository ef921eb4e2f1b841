"""The scripted assistant: it answers a conversation by rules, so the same one gets the same answer.

It understands a few plain sentences about tasks, some small talk, what `asking` asks the user or
the page, `Use NAME with {json}` for any tool, and `Fail with …` for the faults of a model. It calls
only tools that the request offers.
"""

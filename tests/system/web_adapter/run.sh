#!/bin/sh
# The chat function's handler behind AWS's Lambda Web Adapter; see docs/reference/aws-fidelity.md.
# Only Lambda's own bootstrap, which this replaces, puts layers on the path.
PYTHONPATH="${LAMBDA_TASK_ROOT}:/opt/python/lib/python3.13/site-packages:/opt/python${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONPATH
exec python3.13 -m uvicorn chat_api.app:app --host 127.0.0.1 --port "${AWS_LWA_PORT:-8080}" \
	--no-access-log --no-server-header

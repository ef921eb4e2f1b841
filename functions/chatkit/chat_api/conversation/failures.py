"""Failures after which an answer continues, or ends in order."""

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chatcore.logs import described, logger


def log_failure(
    event: str, thread_id: str, error: Exception, store: DynamoStore, context: RequestContext
) -> None:
    """Log what failed, unless the thread was deleted: then nothing can be kept in it."""
    if not store.knows_deleted(thread_id, context):
        logger.error(event, thread_id=thread_id, **described(error))

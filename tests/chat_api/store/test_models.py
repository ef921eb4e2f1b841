from datetime import UTC, datetime

from chatkit.types import Workflow, WorkflowItem

from chat_api.store.rows import dump, read_item

CREATED = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_a_workflow_s_time_is_read_naive_for_the_sdk_s_arithmetic() -> None:
    item = WorkflowItem(
        id="wf_1",
        thread_id="t",
        created_at=CREATED,
        workflow=Workflow(type="reasoning", tasks=[]),
    )
    read = read_item(dump(item).encode())
    assert read.created_at == CREATED.astimezone().replace(tzinfo=None)

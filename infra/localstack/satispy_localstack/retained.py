"""What its template says is kept outlives a stack. LocalStack's own CloudFormation looks at no
`DeletionPolicy`: whoever deletes the stack loses the bucket, and all of its objects. Frozen with
4.13.1.
"""

from typing import Any


def apply() -> None:
    """In this process."""
    from localstack.aws.api.cloudformation import ChangeAction
    from localstack.services.cloudformation.engine.v2.change_set_model_executor import (
        ChangeSetModelExecutor,
    )
    from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent

    execute = ChangeSetModelExecutor._execute_resource_action

    def kept_or_executed(
        self: Any, action: Any, logical_resource_id: str, *args: Any, **named: Any
    ) -> Any:
        # Until a change is done, the stack has the template of before.
        before = (self._change_set.stack.processed_template or {}).get("Resources", {})
        replaced = named.get("part_of_replacement", False)
        policy = "UpdateReplacePolicy" if replaced else "DeletionPolicy"
        kept = before.get(logical_resource_id, {}).get(policy, "Delete").startswith("Retain")
        if action == ChangeAction.Remove and kept:
            return ProgressEvent(OperationStatus.SUCCESS, resource_model={})
        return execute(self, action, logical_resource_id, *args, **named)

    ChangeSetModelExecutor._execute_resource_action = kept_or_executed

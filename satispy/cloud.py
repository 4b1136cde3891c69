"""The only client of queue, state machine, topic and logs; `satispy/storage.py` is the one of S3.

Each is made of the settings that name its place. boto3 takes half a second to import: nothing here
does before it is asked for something.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from satispy.errors import StackError
from satispy.settings import Settings


def client(service: str, settings: Settings) -> Any:
    """boto3's, where the stack is or in AWS: `AWS_ENDPOINT_URL` decides."""
    import boto3

    return boto3.client(service, region_name=settings.region)


class Queue:
    """What is to be merged, and the dead letters: what was received too often."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = settings.upload_queue_url

    @cached_property
    def _sqs(self) -> Any:
        return client("sqs", self._settings)

    def send(self, message: Mapping[str, Any], *, after: int = 0) -> None:
        """Seen by nobody for so many seconds. Raises StackError where the queue does not answer."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._sqs.send_message(
                QueueUrl=self._url, MessageBody=json.dumps(message), DelaySeconds=after
            )
        except (BotoCoreError, ClientError) as error:
            raise StackError(
                "the queue of uploads does not answer: %(error)s", error=error
            ) from error

    def deliver_again(self, receipt_handle: str, seconds: int) -> None:
        """A message that was received comes once more, after so many seconds."""
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def has_messages_in_flight(self) -> bool:
        """Whether it waits for the end of a merge, perhaps of a function that was killed."""
        counted = "ApproximateNumberOfMessagesNotVisible"
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[counted])
        return int(answer["Attributes"][counted]) > 0

    def dead_letters(self) -> int:
        """How many messages were given up, about; 0 where there is no queue of them. Raises
        StackError where it does not answer."""
        if not self._settings.dead_letters_url:
            return 0
        from botocore.exceptions import BotoCoreError, ClientError

        counted = "ApproximateNumberOfMessages"
        try:
            answer = self._sqs.get_queue_attributes(
                QueueUrl=self._settings.dead_letters_url, AttributeNames=[counted]
            )
        except (BotoCoreError, ClientError) as error:
            raise StackError(
                "the queue of dead letters does not answer: %(error)s", error=error
            ) from error
        return int(answer["Attributes"][counted])

    def redrive(self) -> int:
        """Move every dead letter back; returns how many.

        A message is deleted there only once it is back in the queue: twice is harmless, lost is
        not.
        """
        dead = self._settings.dead_letters_url
        count = 0
        while messages := self._sqs.receive_message(
            QueueUrl=dead, MaxNumberOfMessages=10, WaitTimeSeconds=1
        ).get("Messages"):
            for message in messages:
                self._sqs.send_message(QueueUrl=self._url, MessageBody=message["Body"])
                self._sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
                count += 1
        return count


class StateMachine:
    """The one that retrains. A name is an execution's for 90 days, whatever became of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._arn = settings.state_machine_arn

    @cached_property
    def _step_functions(self) -> Any:
        return client("stepfunctions", self._settings)

    def start(self, name: str, given: Mapping[str, Any]) -> bool:
        """Whether it was started by this call; if not, an execution has the name."""
        try:
            self._step_functions.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps(given)
            )
        except self._step_functions.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def stop(self, name: str) -> None:
        """Nothing where it is over, or no execution has the name. What a function is doing for it
        goes on to its end, and is followed by nothing."""
        execution = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        with suppress(self._step_functions.exceptions.ExecutionDoesNotExist):
            self._step_functions.stop_execution(
                executionArn=execution, error="Stopped", cause="by a person: see the journal"
            )

    def started_with(self, name: str) -> Any:
        """What the execution of this name was given; None if that is no longer known."""
        execution = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            found = self._step_functions.describe_execution(executionArn=execution)
            return json.loads(found["input"])
        except (self._step_functions.exceptions.ExecutionDoesNotExist, ValueError):
            return None


def alert(settings: Settings, message: Mapping[str, object]) -> None:
    """To the topic of alerts, if there is one."""
    if settings.alerts_topic_arn:
        client("sns", settings).publish(
            TopicArn=settings.alerts_topic_arn,
            Subject=f"satispy: {message['kind']}",
            Message=json.dumps(message, ensure_ascii=False, indent=1),  # read in mails as it is
        )


def secret(settings: Settings, arn: str) -> str:
    """Of Secrets Manager."""
    text: str = client("secretsmanager", settings).get_secret_value(SecretId=arn)["SecretString"]
    return text

"""Where a command speaks: to the stack that is up, or with --cloud to AWS; never to AWS by chance.

A command needs one of the two unless it is marked, so a new one cannot forget to ask.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from infra import environment
from satispy.errors import NoPlace
from satispy.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
_MARK = "asks_where"
_LOCAL = "option_that_talks_to_nobody"


@dataclass(frozen=True)
class Chosen:
    """What was typed before the command, and set by hand before a stack that is up adds to it."""

    cloud: bool
    own: Settings


_chosen: ContextVar[Chosen] = ContextVar("chosen")


def choose(cloud: bool) -> None:
    """Once, before the command: unless AWS is meant, enter the stack that is up."""
    _chosen.set(Chosen(cloud, Settings()))
    if not cloud:
        environment.enter(Settings().home, prefer_own_settings=True)


def in_the_cloud() -> bool:
    """Whether AWS was asked for. Raises NoPlace if it was and there are no credentials."""
    chosen = _chosen.get()
    if chosen.cloud:
        environment.enter_cloud(chosen.own.home)
    return chosen.cloud


def without_stack(command: Command) -> Command:
    """Mark a command that talks to nobody, or finds out by itself what is up."""
    setattr(command, _MARK, lambda _: None)
    return command


def without_stack_if(option: str) -> Callable[[Command], Command]:
    """Mark a command that talks to nobody where this option is given."""

    def mark(command: Command) -> Command:
        setattr(command, _LOCAL, option)
        return command

    return mark


def with_service(command: Command) -> Command:
    """Mark a command that asks the prediction service, which may be anywhere."""
    setattr(command, _MARK, _demand_service)
    return command


def demanded(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, once there is somewhere to talk to. Raises NoPlace if there is not."""
    ask = getattr(command, _MARK, _demand_stack)

    @functools.wraps(command)
    def asking(*args: Any, **kwargs: Any) -> Any:
        if not kwargs.get(getattr(command, _LOCAL, "")):
            ask(_chosen.get())
        return command(*args, **kwargs)

    return asking


def _demand_stack(chosen: Chosen) -> None:
    if not in_the_cloud() and not environment.is_up(chosen.own.home):
        raise NoPlace("no stack is up: satispy up, or --cloud")


def _demand_service(chosen: Chosen) -> None:
    if "service_url" in chosen.own.model_fields_set:
        return
    if chosen.cloud:
        raise NoPlace("in AWS the service is where you run it: set SATISPY_SERVICE_URL")
    _demand_stack(chosen)

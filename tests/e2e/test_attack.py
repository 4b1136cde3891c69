"""A few of each kind of attack that `make bench NAME=attack` makes: none gets through."""

import pytest

from benchmarks._attack_target import reached
from benchmarks.attack import attack
from infra.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_nobody_gets_in_without_the_key(stack: Stack) -> None:
    figures = attack(reached(stack.home), most_of_a_kind=4)
    assert figures["attempts"] >= 20
    assert figures["through"] == 0, figures["by_kind"]

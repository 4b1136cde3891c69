"""What was found for a word, so that it is found once."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Words of one memory, and the letters of one word: nobody's texts may fill the machine.
WORDS = 50_000
LETTERS = 40


class Remembered(dict[str, T]):
    """`remembered[word]` is `find(word)`; the second time it costs a look into a dict.

    Threads may share it: a word that another one has just forgotten is found again.
    """

    def __init__(self, find: Callable[[str], T]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> T:
        found = self._find(word)
        if len(word) <= LETTERS:
            if len(self) >= WORDS:
                self.clear()
            self[word] = found
        return found

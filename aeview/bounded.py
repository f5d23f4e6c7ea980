"""A cache that all sessions share, bounded in entries and bytes: least recently used out first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, ItemsView, Iterator, MutableMapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Bounded(MutableMapping[Key, Value]):
    """A dictionary with bounds, safe for threads.

    Args:
        n: the most entries; asked for at each change.
        n_bytes: the most bytes of all entries; a larger entry stays alone.
        size: of an entry in bytes.
    """

    def __init__(
        self,
        n: Callable[[], int],
        n_bytes: Callable[[], int] | None = None,
        size: Callable[[Value], int] = lambda _: 0,
    ) -> None:
        self._n, self._n_bytes, self._size = n, n_bytes, size
        self._entries: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.RLock()
        self._making: dict[Key, threading.Lock] = {}

    def __getitem__(self, key: Key) -> Value:
        with self._lock:
            self._entries.move_to_end(key)
            return self._entries[key]

    def __setitem__(self, key: Key, value: Value) -> None:
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            while len(self._entries) > 1 and self._over():
                self._entries.popitem(last=False)

    def __delitem__(self, key: Key) -> None:
        with self._lock:
            del self._entries[key]

    def __iter__(self) -> Iterator[Key]:
        with self._lock:
            return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def items(self) -> ItemsView[Key, Value]:
        """A copy of the entries; reading it does not count as using them."""
        with self._lock:
            return dict(self._entries).items()

    def once(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return an entry; make it if it is missing, once even if several threads ask."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                try:
                    return self[key]
                except KeyError:
                    made = self[key] = make()
                    return made
        finally:
            with self._lock:
                self._making.pop(key, None)

    def _over(self) -> bool:
        if len(self._entries) > self._n():
            return True
        return self._n_bytes is not None and self.n_bytes > self._n_bytes()

    @property
    def n_bytes(self) -> int:
        """What the entries take."""
        with self._lock:
            return sum(map(self._size, self._entries.values()))

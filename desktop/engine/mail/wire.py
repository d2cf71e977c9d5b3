"""What the import process may say: built-in values only, checked against our dataclasses on arrival.

The process eats hostile mail, so its answers are hostile too. They travel as a pickle that can name no class at
all (tuples, strings, numbers, bytes: fast, and nothing to run), and become dataclasses here, each field checked
against its declared type. Used on both sides of the pipe; any thread.
"""

from __future__ import annotations

import dataclasses
import io
import pickle
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar

Value = TypeVar("Value")
_PLAIN = (str, int, bytes, bool, float)


class WireError(ValueError):
    """The other side sent something it never would if it were well."""


class _Builtins(pickle.Unpickler):
    """Reads pickles of built-in values; any name in them is refused."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        raise WireError(f"a name in an answer: {module_name}.{global_name}"[:200])


def dumps(value: object) -> bytes:
    """Return built-in values as bytes."""
    return pickle.dumps(value, protocol=5)


def loads(data: bytes) -> Any:
    """Return the built-in values of `dumps`. Raises WireError for anything else."""
    try:
        return _Builtins(io.BytesIO(data)).load()
    except WireError:
        raise
    except Exception as error:
        raise WireError(f"{type(error).__name__} in an answer") from error


def pack(value: object) -> Any:
    """Return a dataclass as nested tuples of built-in values."""
    return _packer_of(value)(value)


def unpack(kind: type[Value], data: object) -> Value:
    """Return the dataclass packed by `pack`. Raises WireError where a field is missing or of another type."""
    declared: Any = kind
    result: Value = _reader(declared)(data)
    return result


def _packer_of(value: object) -> Callable[[Any], Any]:
    kind: Any = type(value)
    return _packer(kind)


@cache
def _packer(kind: Any) -> Callable[[Any], Any]:
    """Return the function that turns a value of this class into built-in values."""
    if dataclasses.is_dataclass(kind):
        return _record_packer(tuple(each.name for each in dataclasses.fields(kind)))
    if issubclass(kind, tuple):
        return lambda value: tuple([v if type(v) in _PLAIN else _packer_of(v)(v) for v in value])
    if issubclass(kind, Mapping):
        return lambda value: tuple(value.items())
    if issubclass(kind, Enum):
        return lambda value: value.value
    return lambda value: value


def _record_packer(names: tuple[str, ...]) -> Callable[[Any], Any]:
    def write(value: Any) -> Any:
        found = [getattr(value, name) for name in names]
        return tuple([v if type(v) in _PLAIN else _packer_of(v)(v) for v in found])

    return write


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return the function that checks and rebuilds one value of a declared type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return _exactly(hint)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _sequence(_reader(arguments[0]))
    if origin in {Mapping, dict} or hint in {Mapping, dict}:
        return _pairs(_reader(arguments[0]), _reader(arguments[1]))
    if origin in {types.UnionType, typing.Union} and len(arguments) == 2 and type(None) in arguments:
        inner = _reader(next(each for each in arguments if each is not type(None)))
        return lambda value: None if value is None else inner(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    raise TypeError(f"no way to carry {hint!r}")


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise WireError(f"{kind.__name__} expected")
        return value

    return read


def _sequence(item: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not tuple:
            raise WireError("tuple expected")
        return tuple([item(each) for each in value]) if value else value

    return read


def _pairs(key: Callable[[Any], Any], item: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return {key(k): item(v) for k, v in value}
        except (TypeError, ValueError) as error:
            raise WireError("pairs expected") from error

    return read


def _member(kind: type[Enum]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return kind(value)
        except (ValueError, TypeError) as error:
            raise WireError(f"{kind.__name__} expected") from error

    return read


def _record(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = tuple(_reader(hints[each.name]) for each in dataclasses.fields(kind))

    def read(value: Any) -> Any:
        if type(value) is not tuple or len(value) != len(readers):
            raise WireError(f"{kind.__name__} expected")
        return kind(*[reader(each) for reader, each in zip(readers, value, strict=True)])

    return read

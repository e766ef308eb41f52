"""A text that must not be seen: tokens, passwords, addresses with a password in them.

Printing, formatting, logging, dumping and comparing in an error text all give `<secret>`; only `reveal` gives the value, and
only a sink, a source or the store calls it, at the moment of use.
"""

import hmac
from typing import Any, NoReturn

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

SHOWN = "<secret>"


class Secret:
    """One secret; equal to another one of the same value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value; it must not be kept, logged or put into an error."""
        return self._value

    def __repr__(self) -> str:
        return SHOWN

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(SHOWN)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied; hand it on by itself")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accepts a Secret and nothing else; a dump shows `<secret>`."""
        return core_schema.is_instance_schema(cls, serialization=core_schema.plain_serializer_function_ser_schema(str))

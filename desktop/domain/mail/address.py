"""An email address as people see it: a name and a mailbox. Parsing tolerant header text lives in `header.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of RFC 5322, section 3.4. `address` keeps the sender's spelling; "" when a header names nobody."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address as it is compared: lower case."""
        return self.address.lower()

    @property
    def domain(self) -> str:
        """What follows the last @, in lower case; "" without one."""
        return self.address.rpartition("@")[2].lower() if "@" in self.address else ""

    @property
    def display(self) -> str:
        """The name, or the address where there is none."""
        return self.name or self.address

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address

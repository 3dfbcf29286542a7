"""
The scheduler's own errors.

    CordialeError
    ├── UnknownKind             a channel names a publisher that is not in the roster
    └── EnvironmentFault
        └── CredentialFault     a secret is missing, readable by others, or not of the form it should have

What a publication may end in (`Refused`, `Busy`, `Unreachable`, `OutcomeUnknown`) stands in
`scheduler.publisher`, beside the contract it belongs to.
"""

from campaigns.errors import CordialeError, EnvironmentFault


class UnknownKind(CordialeError):
    """No publisher is of this kind."""


class CredentialFault(EnvironmentFault):
    """A secret cannot be used."""

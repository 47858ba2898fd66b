"""Calls of the service by hand.

::

    from modelarts_magics.config.auth import auth_by_apig
"""

from ..sdk.raw import auth_by_apig

__all__ = ["auth_by_apig"]

"""The Session of the SDK.

::

    from modelarts_magics.session import Session
"""

from .sdk.session import Session

__all__ = ["Session"]

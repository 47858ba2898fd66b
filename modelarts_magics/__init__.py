"""IPython magics for Huawei Cloud ModelArts."""

from ._version import __version__

__all__ = ["__version__"]

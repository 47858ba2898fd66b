"""IPython magics for Huawei Cloud ModelArts."""

__version__ = "0.1.0.dev0"

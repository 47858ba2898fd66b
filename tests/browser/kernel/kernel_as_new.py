"""An IPython extension for the kernels of tests: `%as_new` makes one as it was when it started."""

from __future__ import annotations

import os
import sys

from IPython.core.interactiveshell import InteractiveShell

_OURS = "modelarts_magics"


def load_ipython_extension(shell: InteractiveShell) -> None:
    environment = dict(os.environ)

    def as_new(_line: str) -> None:
        """Unload the extension, and forget what cells have made, set and imported of ours."""
        if _OURS in shell.extension_manager.loaded:
            shell.extension_manager.unload_extension(_OURS)
        if widgets := sys.modules.get("ipywidgets"):
            widgets.Widget.close_all()
        shell.reset()
        os.environ.clear()
        os.environ.update(environment)
        for name in [name for name in sys.modules if name.partition(".")[0] == _OURS]:
            del sys.modules[name]

    shell.register_magic_function(as_new)

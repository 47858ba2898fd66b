"""Where the vendor's SDK has calls of the service by hand: :mod:`modelarts_magics.config.auth`."""

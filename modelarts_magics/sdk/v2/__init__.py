"""The vendor's face of API v2: its names, arguments, defaults and results, over the core client.

Methods that are documented to return a dict, or nothing, return the service's refusal as a dict:
``{"error_msg": ..., "error_code": ..., "error_solution": ...}``. Methods that return objects or
lists raise :class:`~modelarts_magics.errors.ServiceError` instead. What makes no sense raises
:class:`~modelarts_magics.errors.InvalidArgumentError` before anything is sent, and a service that
cannot be reached always raises.

Source: the SDK reference, modelarts_04_0422 to modelarts_04_0432, see docs/api/v2-sdk.md.
"""

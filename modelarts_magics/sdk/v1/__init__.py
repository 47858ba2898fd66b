"""The names, arguments, defaults and results of the vendor's SDK, over the core client.

Methods that are documented to return a dict return the service's answer as one; when the service
refuses, the dict is ``{"is_success": False, "error_code": ..., "error_msg": ...}``. Methods that
return objects or lists raise :class:`~modelarts_magics.errors.ServiceError` instead. Arguments
outside the documented ranges raise :class:`~modelarts_magics.errors.InvalidArgumentError`
before anything is sent, and a service that cannot be reached always raises.

Source: the SDK reference, modelarts_04_0131 to modelarts_04_0190, see docs/api/README.md.
"""

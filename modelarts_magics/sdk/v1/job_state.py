"""The vendor's table of states.

Source: docs/api/v1-statuses.md.
"""

from __future__ import annotations

from types import MappingProxyType

from ...core.api.v1.status import JobStatus

JOB_STATE = MappingProxyType({int(status): status.name for status in JobStatus})
"""The name of each status number; both faces of the vendor's SDK have it.

>>> JOB_STATE[8], JOB_STATE[10]
('RUNNING', 'COMPLETED')
"""

"""What a visualization job may be and how it is listed, by the rules of the API that has them."""

from __future__ import annotations

from ..api.v1 import rules as v1
from ..api.v1.rules import check_description, check_stop_after, obs_folder

TYPES = v1.VISUALIZATION_TYPES
STATES = v1.STATES
USUAL_STATES = v1.USUAL_STATES
MOST_HOURS = v1.MOST_HOURS
LONGEST_DESCRIPTION = v1.LONGEST_DESCRIPTION
LONGEST_SEARCH = v1.LONGEST_VISUALIZATION_SEARCH
check_name = v1.check_visualization_name
state_named = v1.state_named

__all__ = ["check_description", "check_stop_after", "obs_folder"]

"""The v2 face of the ModelArts SDK: training jobs of today's cloud.

Code from the vendor's documentation runs with only the package name changed::

    from modelarts_magics.session import Session
    from modelarts_magics.estimatorV2 import Estimator
    from modelarts_magics.train_params import InputData, OutputData, TrainingFiles

Source: docs/api/v2-sdk.md.
"""

from .sdk.v1.job_state import JOB_STATE
from .sdk.v2.estimator import Estimator
from .sdk.v2.training_job import TrainingJob

__all__ = ["JOB_STATE", "Estimator", "TrainingJob"]

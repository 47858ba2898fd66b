"""What goes into a training and what comes out.

::

    from modelarts_magics.train_params import InputData, OutputData, TrainingFiles
"""

from .sdk.v2.channels import InputData, OutputData, TrainingFiles

__all__ = ["InputData", "OutputData", "TrainingFiles"]

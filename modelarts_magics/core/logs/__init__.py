"""The log of a training job as text: exact, followed, downloaded."""

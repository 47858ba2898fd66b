"""A ModelArts service on this machine: its REST contract, real training jobs, real TensorBoards.

Start it with ``python -m modelarts_magics.local --root DIR``. It needs the ``local`` extra.
"""

"""``%ma_viz scalars``: the curves of a training as small charts, without TensorBoard."""

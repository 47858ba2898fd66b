"""What several benchmarks need: a service with synthetic logs, a kernel, JupyterLab, tables."""

"""What lies in the folder of a service: database, buckets, log files."""

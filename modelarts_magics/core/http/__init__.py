"""One way to a service: requests, their retries, their rate, and what is answered."""

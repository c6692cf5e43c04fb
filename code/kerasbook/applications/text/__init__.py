"""Text classification (§4.2.3, §4.4.3), one module a job."""

"""The crisis night, posted, planned and published through the HTTP API as its callers would do it."""

"""One example of everything that is sent and answered; tests hold them against the schemas."""

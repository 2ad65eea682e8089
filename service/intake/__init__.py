"""How a posted document becomes a job, and how a job is shown and changed."""

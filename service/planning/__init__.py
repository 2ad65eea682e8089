"""Rows to routing.Problem, routing.Plan to documents, and what of a plan is still true."""

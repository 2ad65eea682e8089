"""What answers are worth: one judge for every engine, and for published sets a judge of their own rules."""

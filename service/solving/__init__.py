"""Who works on runs: claims with leases and fences, and one process for each solve."""

"""The road engine's own process: started by ``service.travel``, imports next to nothing, so it is there at once."""

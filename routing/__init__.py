"""Plans routes for field technicians. Pure: values in, values out."""

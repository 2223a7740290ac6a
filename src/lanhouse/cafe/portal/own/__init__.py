"""Pages of the portal about the member himself: his password and his data."""

"""Messages of the desk to those who sit at a PC."""

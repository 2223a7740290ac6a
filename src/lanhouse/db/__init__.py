"""The store: one interface, two databases. Domain code is synchronous SQLAlchemy Core."""

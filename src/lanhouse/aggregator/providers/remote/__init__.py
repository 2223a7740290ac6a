"""Providers elsewhere: studios that call us and are called, by signed JSON (provider-port.md)."""

"""Offers: packages of PC time, and those that members own."""

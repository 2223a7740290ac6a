"""Promo codes: what a word on a flyer gives at the registration or with a top-up."""

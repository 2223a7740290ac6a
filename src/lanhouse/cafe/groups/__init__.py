"""PC groups and member groups: what prices and discounts hang on."""

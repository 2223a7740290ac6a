"""The wall screen: a page for a TV that shows free seats, the queue and what comes; no names."""

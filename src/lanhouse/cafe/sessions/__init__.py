"""Sessions on PCs: started, billed by time in segments, moved, ended."""

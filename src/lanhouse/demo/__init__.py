"""The demo centre: built through the same commands as everything else."""

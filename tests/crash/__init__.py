"""kill -9 under load: what was acknowledged stays, nothing is applied twice (make crash N=1000)."""

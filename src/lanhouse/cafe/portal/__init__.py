"""What members see and do in the browser."""

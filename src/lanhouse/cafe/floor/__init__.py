"""Who plays where: the PCs with their sessions."""

"""Money of members and tills: kinds, tenders, movements and the log of them."""

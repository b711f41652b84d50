"""Facts of Chinese texts: announcements of ministries and customs, as first-hand sources."""

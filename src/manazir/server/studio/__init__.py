"""What the studio keeps: projects, their shots, the takes of those, and boards. Functions over a connection."""

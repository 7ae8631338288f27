"""What the studio asks for beyond jobs and files: projects, shots, takes, boards, the queue, sessions."""

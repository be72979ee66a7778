"""What the server does by itself, without being asked: jobs that run beside the edges."""

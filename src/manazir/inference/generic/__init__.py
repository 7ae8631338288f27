"""What no engine of ours runs, through diffusers."""

"""One module or folder a dialect: vendors' words on one side, canvases and jobs on the other."""

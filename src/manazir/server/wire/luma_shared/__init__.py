"""What both of Luma's APIs have in common: sizes, strengths, files that requests point to, the shape of errors."""

"""Between the network and the dialects: what is done alike for every request, whatever it asks for."""

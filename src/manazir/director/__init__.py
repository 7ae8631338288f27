"""From a brief to shots, in English and Arabic. Pure Python: no model has a say yet."""

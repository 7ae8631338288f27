"""The grammar of Modern Standard Arabic."""

"""neurohw against SANA-FE on a network of SANA-FE's own kind."""

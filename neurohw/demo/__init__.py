"""The scripts that ``neurohw demo`` runs: ordinary PyNN scripts."""

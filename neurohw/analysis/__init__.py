"""What people look at: comparison with a reference, plots and reports."""

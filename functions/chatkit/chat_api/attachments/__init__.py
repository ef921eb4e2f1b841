"""Files that people attach: what is accepted, checked, kept and given to the model."""

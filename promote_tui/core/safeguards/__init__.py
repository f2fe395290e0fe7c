"""What a stage asks of the package before anybody confirms it: built-in safeguards on its template."""

"""The derivative table, checked by the table."""

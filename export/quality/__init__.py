"""What is measured of the redaction, and what refuses a release."""

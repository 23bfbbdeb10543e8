"""What lies beside a release's data so that others can use it: card, licence, Croissant, and the operator's report."""

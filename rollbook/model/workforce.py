"""Staff absences, checks, contracts, qualifications and training."""

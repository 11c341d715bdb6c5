"""The store on PostgreSQL: sessions lent from a pool, locks by district, and the tables as PostgreSQL says them."""

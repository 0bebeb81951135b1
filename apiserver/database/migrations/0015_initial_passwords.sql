-- Passwords that somebody else chose, and that are only for setting another.
ALTER TABLE credentials ADD COLUMN initial_until timestamptz;  -- when it stops working; NULL: its owner chose it

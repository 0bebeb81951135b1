-- Repositories that are about to be made: their Repos are objects of the cluster, and no transaction reaches there.
CREATE TABLE repository_reservations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  owner_id bigint NOT NULL CONSTRAINT repository_reservations_owner_fkey REFERENCES accounts ON DELETE CASCADE,
  resource_name text NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT repository_reservations_key UNIQUE (owner_id, resource_name)
);
CREATE INDEX repository_reservations_expires ON repository_reservations (expires_at);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON repository_reservations
  FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

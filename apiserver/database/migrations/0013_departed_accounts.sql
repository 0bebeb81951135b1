-- Accounts that were deleted: their names stay taken, as addresses, clones and hosts of demos would lead to strangers, and
-- their namespaces on the hub have to go.
CREATE TABLE departed_accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  account_id bigint NOT NULL CONSTRAINT departed_accounts_account_key UNIQUE,
  name text NOT NULL,
  names text[] NOT NULL  -- that and earlier ones, in lower case
    CONSTRAINT departed_accounts_names_check CHECK (lower(name) = ANY (names)),
  namespace text NOT NULL CONSTRAINT departed_accounts_namespace_key UNIQUE,
  removed_at timestamptz  -- the namespace: it is gone
);
CREATE INDEX departed_accounts_names ON departed_accounts USING gin (names);
CREATE INDEX departed_accounts_not_removed ON departed_accounts (id) WHERE removed_at IS NULL;
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON departed_accounts FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE FUNCTION refuse_departed_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM departed_accounts WHERE names @> ARRAY[lower(NEW.name)]) THEN
    RAISE EXCEPTION 'the name was another account''s'
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'accounts_name_key', TABLE = 'accounts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_departed_name BEFORE INSERT OR UPDATE OF name ON accounts
  FOR EACH ROW EXECUTE FUNCTION refuse_departed_name();

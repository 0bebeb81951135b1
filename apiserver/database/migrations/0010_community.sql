-- How many follow an account and how many it follows, as profiles show them (nobody followed anybody before this), and a
-- way to find what somebody did by their name.

ALTER TABLE accounts
  ADD COLUMN follower_count bigint NOT NULL DEFAULT 0
    CONSTRAINT accounts_follower_count_check CHECK (follower_count >= 0),
  ADD COLUMN following_count bigint NOT NULL DEFAULT 0
    CONSTRAINT accounts_following_count_check CHECK (following_count >= 0);

-- Not when only somebody was counted: whoever edits a profile at that moment is not in conflict with a follower.
DROP TRIGGER keep_updated_at ON accounts;
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON accounts FOR EACH ROW
  WHEN ((OLD.follower_count, OLD.following_count) IS NOT DISTINCT FROM (NEW.follower_count, NEW.following_count))
  EXECUTE FUNCTION keep_updated_at();

CREATE FUNCTION count_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row follows := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  change bigint := CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
  which bigint;
BEGIN
  -- In the order of their ids: two who follow each other at the same time do not wait for each other.
  FOR which IN SELECT unnest(ARRAY[least(row.follower_id, row.account_id), greatest(row.follower_id, row.account_id)]) LOOP
    UPDATE accounts SET
      follower_count = follower_count + CASE WHEN id = row.account_id THEN change ELSE 0 END,
      following_count = following_count + CASE WHEN id = row.follower_id THEN change ELSE 0 END
      WHERE id = which;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER count_follows AFTER INSERT OR DELETE ON follows FOR EACH ROW EXECUTE FUNCTION count_follows();

-- By the name that an actor had: the account may be gone.
CREATE INDEX audit_log_actor_name ON audit_log (lower(actor_name), id DESC);

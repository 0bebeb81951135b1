-- How much somebody wants to be told of a repository, or of one issue or discussion in it; without a row: of what they take
-- part in.
CREATE TABLE watches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT watches_user_fkey REFERENCES users ON DELETE CASCADE,
  repository_id bigint NOT NULL CONSTRAINT watches_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  issue_id bigint CONSTRAINT watches_issue_fkey REFERENCES issues ON DELETE CASCADE,  -- NULL: all of the repository
  level text NOT NULL CONSTRAINT watches_level_check CHECK (level IN ('all', 'participating', 'none')),
  CONSTRAINT watches_key UNIQUE NULLS NOT DISTINCT (user_id, repository_id, issue_id)
);
CREATE INDEX watches_repository ON watches (repository_id, level);
CREATE INDEX watches_issue ON watches (issue_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON watches FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

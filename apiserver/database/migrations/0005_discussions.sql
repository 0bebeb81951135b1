-- Issues and discussions: one numbering in each repository.

CREATE TABLE issues (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT issues_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  number bigint NOT NULL,  -- by trigger
  kind text NOT NULL CONSTRAINT issues_kind_check CHECK (kind IN ('issue', 'discussion')),
  -- What was written stays when its author goes.
  author_id bigint CONSTRAINT issues_author_fkey REFERENCES users ON DELETE SET NULL,
  title text NOT NULL CONSTRAINT issues_title_check CHECK (char_length(title) BETWEEN 1 AND 255),
  body text NOT NULL DEFAULT '' CONSTRAINT issues_body_check CHECK (octet_length(body) <= 65536),  -- Markdown
  state text NOT NULL DEFAULT 'open' CONSTRAINT issues_state_check CHECK (state IN ('open', 'closed')),
  closed_at timestamptz,
  closed_by bigint CONSTRAINT issues_closed_by_fkey REFERENCES users ON DELETE SET NULL,
  locked boolean NOT NULL DEFAULT false,
  pinned boolean NOT NULL DEFAULT false,
  labels text[] NOT NULL DEFAULT '{}' CONSTRAINT issues_labels_check CHECK (cardinality(labels) <= 50),
  comment_count bigint NOT NULL DEFAULT 0 CONSTRAINT issues_comment_count_check CHECK (comment_count >= 0),
  active_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT issues_number_key UNIQUE (repository_id, number),
  CONSTRAINT issues_closed_check CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX issues_by_recent ON issues (repository_id, kind, state, active_at DESC, id DESC);
CREATE INDEX issues_author ON issues (author_id, id DESC);
CREATE INDEX issues_closed_by ON issues (closed_by);
CREATE INDEX issues_title_trgm ON issues USING gin (lower(title) gin_trgm_ops);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON issues FOR EACH ROW
  WHEN (OLD.comment_count = NEW.comment_count)  -- as in repositories
  EXECUTE FUNCTION keep_updated_at();

CREATE FUNCTION number_issue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE repositories SET last_number = last_number + 1 WHERE id = NEW.repository_id RETURNING last_number INTO NEW.number;
  NEW.number := coalesce(NEW.number, 0);  -- no such repository: the foreign key refuses it
  RETURN NEW;
END $$;
CREATE TRIGGER number_issue BEFORE INSERT ON issues FOR EACH ROW EXECUTE FUNCTION number_issue();

-- Open ones, as repositories show them.
CREATE FUNCTION count_issues() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row issues := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  change bigint := 0;
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.state = 'open' THEN change := change - 1; END IF;
  IF TG_OP <> 'DELETE' AND NEW.state = 'open' THEN change := change + 1; END IF;
  IF change <> 0 AND row.kind = 'issue' THEN
    UPDATE repositories SET issue_count = issue_count + change WHERE id = row.repository_id;
  ELSIF change <> 0 THEN
    UPDATE repositories SET discussion_count = discussion_count + change WHERE id = row.repository_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER count_issues AFTER INSERT OR DELETE OR UPDATE OF state ON issues
  FOR EACH ROW EXECUTE FUNCTION count_issues();

CREATE FUNCTION keep_issue_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an issue stays where it is'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'issues_place_is_fixed', TABLE = 'issues';
END $$;
CREATE TRIGGER keep_issue_place BEFORE UPDATE ON issues FOR EACH ROW
  WHEN (NEW.repository_id <> OLD.repository_id OR NEW.number <> OLD.number OR NEW.kind <> OLD.kind)
  EXECUTE FUNCTION keep_issue_place();

CREATE TABLE issue_comments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  issue_id bigint NOT NULL CONSTRAINT issue_comments_issue_fkey REFERENCES issues ON DELETE CASCADE,
  author_id bigint CONSTRAINT issue_comments_author_fkey REFERENCES users ON DELETE SET NULL,
  body text NOT NULL CONSTRAINT issue_comments_body_check CHECK (octet_length(body) BETWEEN 1 AND 65536),  -- Markdown
  edited_at timestamptz,
  hidden_at timestamptz
);
CREATE INDEX issue_comments_issue ON issue_comments (issue_id, id);
CREATE INDEX issue_comments_author ON issue_comments (author_id, id DESC);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON issue_comments FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE FUNCTION count_comments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE issues SET comment_count = comment_count + 1, active_at = greatest(active_at, NEW.created_at) WHERE id = NEW.issue_id;
  ELSE
    UPDATE issues SET comment_count = comment_count - 1 WHERE id = OLD.issue_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER count_comments AFTER INSERT OR DELETE ON issue_comments
  FOR EACH ROW EXECUTE FUNCTION count_comments();

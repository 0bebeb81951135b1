-- Repositories (table 4.4) as people search and use them. What a repository *is* says its custom resource Repo; the
-- columns marked "follows" are copies of that, so that rights are known and lists are made without the Kubernetes API.

CREATE TABLE repositories (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- An account that still owns something is not deleted.
  owner_id bigint NOT NULL CONSTRAINT repositories_owner_fkey REFERENCES accounts ON DELETE RESTRICT,
  created_by bigint CONSTRAINT repositories_created_by_fkey REFERENCES users ON DELETE SET NULL,
  type text NOT NULL CONSTRAINT repositories_type_check CHECK (type IN ('model', 'dataset', 'space')),
  name text NOT NULL CONSTRAINT repositories_name_check
    CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$' AND name !~ '\.\.' AND name !~* '(\.|\.git|\.lock)$'),
  path text NOT NULL,  -- owner/name, by trigger

  -- The Repo: its place, and what follows its spec.
  resource_namespace text NOT NULL,
  resource_name text NOT NULL,
  resource_uid uuid CONSTRAINT repositories_resource_uid_key UNIQUE,  -- NULL until it was made
  resource_generation bigint NOT NULL DEFAULT 0,                      -- of the spec that was copied last
  visibility text NOT NULL DEFAULT 'private'
    CONSTRAINT repositories_visibility_check CHECK (visibility IN ('public', 'private')),
  display_name text NOT NULL DEFAULT ''
    CONSTRAINT repositories_display_name_check CHECK (char_length(display_name) <= 128),
  description text NOT NULL DEFAULT ''
    CONSTRAINT repositories_description_check CHECK (char_length(description) <= 1024),
  website text NOT NULL DEFAULT '' CONSTRAINT repositories_website_check CHECK (char_length(website) <= 2048),
  license text NOT NULL DEFAULT '' CONSTRAINT repositories_license_check CHECK (char_length(license) <= 128),
  tags text[] NOT NULL DEFAULT '{}' CONSTRAINT repositories_tags_check CHECK (cardinality(tags) <= 100),
  default_branch text NOT NULL DEFAULT 'main'
    CONSTRAINT repositories_default_branch_check CHECK (char_length(default_branch) BETWEEN 1 AND 255),
  host text NOT NULL DEFAULT 'embedded' CONSTRAINT repositories_host_check CHECK (host IN ('embedded', 'gitlab')),
  archived boolean NOT NULL DEFAULT false,

  -- Follows its status, and the front matter of README.md.
  host_id text NOT NULL DEFAULT '',  -- the project's number in GitLab
  head_commit text CONSTRAINT repositories_head_commit_check CHECK (head_commit ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  sdk text NOT NULL DEFAULT '' CONSTRAINT repositories_sdk_check CHECK (char_length(sdk) <= 64),
  metadata jsonb NOT NULL DEFAULT '{}' CONSTRAINT repositories_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
  size_bytes bigint NOT NULL DEFAULT 0 CONSTRAINT repositories_size_check CHECK (size_bytes >= 0),

  -- People's activity, kept by triggers and by the sums of repository_days.
  active_at timestamptz NOT NULL DEFAULT clock_timestamp(),  -- last push or change of settings
  star_count bigint NOT NULL DEFAULT 0 CONSTRAINT repositories_star_count_check CHECK (star_count >= 0),
  download_count bigint NOT NULL DEFAULT 0 CONSTRAINT repositories_download_count_check CHECK (download_count >= 0),
  issue_count bigint NOT NULL DEFAULT 0 CONSTRAINT repositories_issue_count_check CHECK (issue_count >= 0),
  discussion_count bigint NOT NULL DEFAULT 0
    CONSTRAINT repositories_discussion_count_check CHECK (discussion_count >= 0),
  trending_score double precision NOT NULL DEFAULT 0
    CONSTRAINT repositories_trending_score_check CHECK (trending_score >= 0 AND trending_score < 'Infinity'),
  last_number bigint NOT NULL DEFAULT 0,  -- of an issue or discussion

  search_text text NOT NULL GENERATED ALWAYS AS (lower(path || ' ' || display_name)) STORED,
  CONSTRAINT repositories_resource_key UNIQUE (resource_namespace, resource_name)
);
CREATE UNIQUE INDEX repositories_name_key ON repositories (owner_id, type, lower(name));
CREATE INDEX repositories_path ON repositories (lower(path), type);
-- Lists: each order ends in the id, so that a cursor names one place. Not only of public ones: those who see more
-- than visitors do go through the same index.
CREATE INDEX repositories_by_owner ON repositories (owner_id, active_at DESC, id DESC);
CREATE INDEX repositories_by_recent ON repositories (active_at DESC, id DESC);
CREATE INDEX repositories_by_stars ON repositories (star_count DESC, id DESC);
CREATE INDEX repositories_by_downloads ON repositories (download_count DESC, id DESC);
CREATE INDEX repositories_by_trending ON repositories (trending_score DESC, id DESC);
CREATE INDEX repositories_created_by ON repositories (created_by);
-- Search: search_text LIKE '%…%', tags @> '{…}'.
CREATE INDEX repositories_search ON repositories USING gin (search_text gin_trgm_ops);
CREATE INDEX repositories_tags ON repositories USING gin (tags);
-- Not when only something was counted: whoever edits settings at that moment is not in conflict with a star.
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON repositories FOR EACH ROW
  WHEN ((OLD.star_count, OLD.download_count, OLD.issue_count, OLD.discussion_count, OLD.trending_score, OLD.last_number)
        IS NOT DISTINCT FROM
        (NEW.star_count, NEW.download_count, NEW.issue_count, NEW.discussion_count, NEW.trending_score, NEW.last_number))
  EXECUTE FUNCTION keep_updated_at();

CREATE FUNCTION set_repository_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- An owner that is not there is for the foreign key to refuse.
  NEW.path := coalesce((SELECT name FROM accounts WHERE id = NEW.owner_id), '?') || '/' || NEW.name;
  RETURN NEW;
END $$;
CREATE TRIGGER set_repository_path BEFORE INSERT OR UPDATE OF owner_id, name, path ON repositories
  FOR EACH ROW EXECUTE FUNCTION set_repository_path();

CREATE FUNCTION set_repository_paths() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE repositories SET path = NEW.name || '/' || name WHERE owner_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER set_repository_paths AFTER UPDATE OF name ON accounts
  FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION set_repository_paths();

-- What a repository was called before: git and links go on working until another takes the path.
CREATE TABLE repository_redirects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT repository_redirects_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  type text NOT NULL,
  path text NOT NULL
);
CREATE UNIQUE INDEX repository_redirects_path_key ON repository_redirects (lower(path), type);
CREATE INDEX repository_redirects_repository ON repository_redirects (repository_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON repository_redirects
  FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Follows spec.collaborators.
CREATE TABLE collaborators (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT collaborators_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  user_id bigint NOT NULL CONSTRAINT collaborators_user_fkey REFERENCES users ON DELETE CASCADE,
  role text NOT NULL CONSTRAINT collaborators_role_check CHECK (role IN ('read', 'write', 'maintain', 'admin')),
  CONSTRAINT collaborators_key UNIQUE (repository_id, user_id)
);
CREATE INDEX collaborators_user ON collaborators (user_id, repository_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON collaborators FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE protected_branches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT protected_branches_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  pattern text NOT NULL  -- as in `git branch --list`: main, release/*
    CONSTRAINT protected_branches_pattern_check CHECK (char_length(pattern) BETWEEN 1 AND 255 AND pattern !~ '[[:space:]~^:\\]'),
  push_role text NOT NULL DEFAULT 'write'
    CONSTRAINT protected_branches_push_role_check CHECK (push_role IN ('write', 'maintain', 'admin', 'nobody')),
  allow_force_push boolean NOT NULL DEFAULT false,
  allow_deletion boolean NOT NULL DEFAULT false,
  CONSTRAINT protected_branches_key UNIQUE (repository_id, pattern)
);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON protected_branches FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE stars (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT stars_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  user_id bigint NOT NULL CONSTRAINT stars_user_fkey REFERENCES users ON DELETE CASCADE,
  CONSTRAINT stars_key UNIQUE (repository_id, user_id)
);
CREATE INDEX stars_user ON stars (user_id, id DESC);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON stars FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE FUNCTION count_stars() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE repositories SET star_count = star_count + 1 WHERE id = NEW.repository_id;
  ELSE
    UPDATE repositories SET star_count = star_count - 1 WHERE id = OLD.repository_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER count_stars AFTER INSERT OR DELETE ON stars FOR EACH ROW EXECUTE FUNCTION count_stars();

-- A day's numbers of a repository: what download_count and trending_score are made of. Counted in memory and added
-- every few seconds, so that a clone costs no write.
CREATE TABLE repository_days (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT repository_days_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  day date NOT NULL,
  downloads bigint NOT NULL DEFAULT 0 CONSTRAINT repository_days_downloads_check CHECK (downloads >= 0),
  views bigint NOT NULL DEFAULT 0 CONSTRAINT repository_days_views_check CHECK (views >= 0),
  stars bigint NOT NULL DEFAULT 0 CONSTRAINT repository_days_stars_check CHECK (stars >= 0),
  CONSTRAINT repository_days_key UNIQUE (repository_id, day)
);
CREATE INDEX repository_days_day ON repository_days (day);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON repository_days FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Copies from elsewhere, asked for by people; how it goes.
CREATE TABLE imports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT imports_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  requested_by bigint CONSTRAINT imports_requested_by_fkey REFERENCES users ON DELETE SET NULL,
  source_url text NOT NULL  -- without a user or a password: those are in a Secret
    CONSTRAINT imports_source_url_check CHECK (source_url ~ '^https?://[^/@[:space:]]+(/[^[:space:]]*)?$' AND char_length(source_url) <= 2048),
  state text NOT NULL DEFAULT 'waiting'
    CONSTRAINT imports_state_check CHECK (state IN ('waiting', 'running', 'succeeded', 'failed')),
  error text NOT NULL DEFAULT '',
  finished_at timestamptz,
  CONSTRAINT imports_finished_check CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed'))),
  CONSTRAINT imports_error_check CHECK (error = '' OR state IN ('waiting', 'failed'))
);
CREATE UNIQUE INDEX imports_under_way_key ON imports (repository_id) WHERE finished_at IS NULL;
CREATE INDEX imports_repository ON imports (repository_id, id DESC);
CREATE INDEX imports_requested_by ON imports (requested_by, id DESC);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON imports FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

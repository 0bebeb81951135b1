-- Users and organisations (table 4.2), in one name space; who belongs to what.

-- Names that are paths, hosts or words of the platform.
CREATE TABLE reserved_names (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  name text NOT NULL CONSTRAINT reserved_names_name_key UNIQUE
    CONSTRAINT reserved_names_name_check CHECK (name = lower(name) AND name <> '')
);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON reserved_names FOR EACH ROW EXECUTE FUNCTION keep_updated_at();
INSERT INTO reserved_names (name) SELECT unnest(ARRAY[
  'about', 'account', 'accounts', 'activity', 'admin', 'administrator', 'anonymous', 'api', 'assets', 'auth', 'avatars',
  'blog', 'causeway', 'clusters', 'contact', 'dashboard', 'datasets', 'demo', 'demos', 'docs', 'download', 'events',
  'explore', 'favicon', 'git', 'health', 'healthz', 'help', 'home', 'identity', 'images', 'import', 'imports', 'ingest',
  'issues', 'join', 'kubernetes', 'legal', 'login', 'logout', 'logs', 'market', 'metrics', 'models', 'new', 'none',
  'notifications', 'null', 'oauth', 'openapi', 'organisation', 'organisations', 'organization', 'organizations', 'owner',
  'personal', 'privacy', 'profile', 'public', 'readyz', 'registry', 'repositories', 'root', 'search', 'security',
  'session', 'sessions', 'settings', 'sign-in', 'sign-out', 'sign-up', 'spaces', 'static', 'status', 'support', 'system',
  'templates', 'terms', 'tokens', 'undefined', 'user', 'users', 'v1', 'v2', 'web', 'webhooks', 'workshop', 'www']);

CREATE TABLE accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL CONSTRAINT accounts_kind_check CHECK (kind IN ('user', 'organisation')),
  -- As its owner writes it. It becomes a part of a demo's host name, <demo>--<owner>, so no dot and no "--".
  name text NOT NULL CONSTRAINT accounts_name_check
    CHECK (name ~ '^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$' AND name !~ '--'),
  -- Of its resources; stays when the account is renamed.
  namespace text NOT NULL CONSTRAINT accounts_namespace_key UNIQUE
    CONSTRAINT accounts_namespace_check CHECK (namespace ~ '^[uo]-[a-z0-9]([a-z0-9-]{0,59}[a-z0-9])?$'),
  display_name text NOT NULL DEFAULT ''
    CONSTRAINT accounts_display_name_check CHECK (char_length(display_name) <= 100),
  introduction text NOT NULL DEFAULT ''  -- Markdown
    CONSTRAINT accounts_introduction_check CHECK (octet_length(introduction) <= 65536),
  website text NOT NULL DEFAULT ''
    CONSTRAINT accounts_website_check CHECK (website = '' OR (website ~ '^https?://' AND char_length(website) <= 2048)),
  disabled_at timestamptz,
  CONSTRAINT accounts_id_kind_key UNIQUE (id, kind),
  CONSTRAINT accounts_namespace_kind_check CHECK (left(namespace, 1) = CASE kind WHEN 'user' THEN 'u' ELSE 'o' END)
);
CREATE UNIQUE INDEX accounts_name_key ON accounts (lower(name));
CREATE INDEX accounts_name_trgm ON accounts USING gin (lower(name) gin_trgm_ops);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- What accounts were called before: links go on working, and nobody else gets the name.
CREATE TABLE former_names (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
  name text NOT NULL
);
CREATE UNIQUE INDEX former_names_name_key ON former_names (lower(name));
CREATE INDEX former_names_account ON former_names (account_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON former_names FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE FUNCTION check_account_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM reserved_names WHERE name = lower(NEW.name)) THEN
    RAISE EXCEPTION 'the name is reserved'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_name_not_reserved', TABLE = 'accounts';
  END IF;
  IF EXISTS (SELECT FROM former_names WHERE lower(name) = lower(NEW.name) AND account_id IS DISTINCT FROM NEW.id) THEN
    RAISE EXCEPTION 'the name was another account''s'
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'accounts_name_key', TABLE = 'accounts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_account_name BEFORE INSERT OR UPDATE OF name ON accounts
  FOR EACH ROW EXECUTE FUNCTION check_account_name();

CREATE FUNCTION keep_former_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM former_names WHERE account_id = NEW.id AND lower(name) = lower(NEW.name);
  INSERT INTO former_names (account_id, name) VALUES (NEW.id, OLD.name) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_former_name AFTER UPDATE OF name ON accounts
  FOR EACH ROW WHEN (lower(NEW.name) <> lower(OLD.name)) EXECUTE FUNCTION keep_former_name();

-- A user is an account with the same id.
CREATE TABLE users (
  id bigint PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL GENERATED ALWAYS AS ('user') STORED,
  mobile text CONSTRAINT users_mobile_key UNIQUE  -- E.164; only after a code sent there came back
    CONSTRAINT users_mobile_check CHECK (mobile ~ '^\+[1-9][0-9]{6,14}$'),
  email text CONSTRAINT users_email_check CHECK (email ~ '^[^[:space:]@]+@[^[:space:]@]+$' AND char_length(email) <= 254),
  email_verified_at timestamptz,
  notification boolean NOT NULL DEFAULT true,  -- by e-mail and webhook; in the application always
  register_type text NOT NULL
    CONSTRAINT users_register_type_check CHECK (register_type IN ('mobile', 'email', 'oauth', 'administrator')),
  register_info jsonb NOT NULL DEFAULT '{}'
    CONSTRAINT users_register_info_check CHECK (jsonb_typeof(register_info) = 'object'),
  initialised_at timestamptz,  -- when name and avatar were chosen
  administrator boolean NOT NULL DEFAULT false,
  last_login_at timestamptz,
  tags text[] NOT NULL DEFAULT '{}',
  CONSTRAINT users_account_fkey FOREIGN KEY (id, kind) REFERENCES accounts (id, kind) ON DELETE CASCADE,
  CONSTRAINT users_email_verified_check CHECK (email IS NOT NULL OR email_verified_at IS NULL)
);
-- An address that is not verified keeps nobody from using it.
CREATE UNIQUE INDEX users_verified_email_key ON users (lower(email)) WHERE email_verified_at IS NOT NULL;
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- An organisation is an account with the same id.
CREATE TABLE organisations (
  id bigint PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL GENERATED ALWAYS AS ('organisation') STORED,
  created_by bigint CONSTRAINT organisations_created_by_fkey REFERENCES users ON DELETE SET NULL,
  CONSTRAINT organisations_account_fkey FOREIGN KEY (id, kind) REFERENCES accounts (id, kind) ON DELETE CASCADE
);
CREATE INDEX organisations_created_by ON organisations (created_by);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON organisations FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE organisation_members (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  organisation_id bigint NOT NULL
    CONSTRAINT organisation_members_organisation_fkey REFERENCES organisations ON DELETE CASCADE,
  user_id bigint NOT NULL CONSTRAINT organisation_members_user_fkey REFERENCES users ON DELETE CASCADE,
  role text NOT NULL CONSTRAINT organisation_members_role_check CHECK (role IN ('owner', 'maintainer', 'member')),
  CONSTRAINT organisation_members_key UNIQUE (organisation_id, user_id)
);
CREATE INDEX organisation_members_user ON organisation_members (user_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON organisation_members
  FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- At the end of each transaction an organisation has an owner: also one that was just made, and one whose only owner
-- deletes the account.
CREATE FUNCTION check_organisation_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  organisation bigint;
BEGIN
  IF TG_TABLE_NAME = 'organisations' THEN organisation := NEW.id; ELSE organisation := OLD.organisation_id; END IF;
  -- Two owners who remove each other at the same time do so one after the other.
  PERFORM FROM organisations WHERE id = organisation FOR UPDATE;
  IF FOUND AND NOT EXISTS (SELECT FROM organisation_members WHERE organisation_id = organisation AND role = 'owner') THEN
    RAISE EXCEPTION 'an organisation needs an owner'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_members_owner_remains', TABLE = 'organisation_members';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_organisation_owner AFTER INSERT ON organisations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_organisation_owner();
CREATE CONSTRAINT TRIGGER check_organisation_owner AFTER UPDATE OR DELETE ON organisation_members
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION check_organisation_owner();

CREATE TABLE avatars (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  account_id bigint NOT NULL CONSTRAINT avatars_account_key UNIQUE
    CONSTRAINT avatars_account_fkey REFERENCES accounts ON DELETE CASCADE,
  content_type text NOT NULL
    CONSTRAINT avatars_content_type_check CHECK (content_type IN ('image/png', 'image/jpeg', 'image/webp')),
  content bytea NOT NULL CONSTRAINT avatars_content_check CHECK (octet_length(content) BETWEEN 1 AND 1048576),
  sha256 bytea NOT NULL CONSTRAINT avatars_sha256_check CHECK (sha256 = sha256(content))
);
ALTER TABLE avatars ALTER COLUMN content SET STORAGE EXTERNAL;  -- images are compressed
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON avatars FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

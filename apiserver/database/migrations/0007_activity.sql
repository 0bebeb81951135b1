-- What people do, and what they are told of it.

CREATE TABLE follows (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  follower_id bigint NOT NULL CONSTRAINT follows_follower_fkey REFERENCES users ON DELETE CASCADE,
  account_id bigint NOT NULL CONSTRAINT follows_account_fkey REFERENCES accounts ON DELETE CASCADE,
  CONSTRAINT follows_key UNIQUE (follower_id, account_id),
  CONSTRAINT follows_self_check CHECK (follower_id <> account_id)
);
CREATE INDEX follows_follower ON follows (follower_id, id DESC);
CREATE INDEX follows_account ON follows (account_id, id DESC);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON follows FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Public, as far as the repository is; the audit log is another thing.
CREATE TABLE activities (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_id bigint NOT NULL CONSTRAINT activities_actor_fkey REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL CONSTRAINT activities_kind_check CHECK (kind ~ '^[a-z]+(\.[a-z_]+)*$'),  -- repository.created
  repository_id bigint CONSTRAINT activities_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  account_id bigint CONSTRAINT activities_account_fkey REFERENCES accounts ON DELETE CASCADE,
  detail jsonb NOT NULL DEFAULT '{}' CONSTRAINT activities_detail_check CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX activities_actor ON activities (actor_id, id DESC);
CREATE INDEX activities_repository ON activities (repository_id, id DESC);
CREATE INDEX activities_account ON activities (account_id, id DESC);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON activities FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT notifications_user_fkey REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL CONSTRAINT notifications_kind_check CHECK (kind ~ '^[a-z]+(\.[a-z_]+)*$'),
  actor_id bigint CONSTRAINT notifications_actor_fkey REFERENCES users ON DELETE SET NULL,
  repository_id bigint CONSTRAINT notifications_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  issue_id bigint CONSTRAINT notifications_issue_fkey REFERENCES issues ON DELETE CASCADE,
  detail jsonb NOT NULL DEFAULT '{}' CONSTRAINT notifications_detail_check CHECK (jsonb_typeof(detail) = 'object'),
  read_at timestamptz
);
CREATE INDEX notifications_user ON notifications (user_id, id DESC);
CREATE INDEX notifications_unread ON notifications (user_id, id DESC) WHERE read_at IS NULL;
CREATE INDEX notifications_actor ON notifications (actor_id);
CREATE INDEX notifications_repository ON notifications (repository_id);
CREATE INDEX notifications_issue ON notifications (issue_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON notifications FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Where else than in the application a user wants them.
CREATE TABLE notification_channels (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT notification_channels_user_fkey REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL CONSTRAINT notification_channels_kind_check CHECK (kind IN ('email', 'webhook')),
  url text CONSTRAINT notification_channels_url_check CHECK (url ~ '^https?://[^/@[:space:]]+' AND char_length(url) <= 2048),
  secret bytea,  -- signs a webhook's body; never shown again
  kinds text[] NOT NULL DEFAULT '{}',  -- of notifications; empty: all
  disabled_at timestamptz,             -- after too many failures
  CONSTRAINT notification_channels_kind_url_check
    CHECK ((kind = 'webhook') = (url IS NOT NULL) AND (kind = 'webhook') = (secret IS NOT NULL))
);
CREATE UNIQUE INDEX notification_channels_key ON notification_channels (user_id, kind, coalesce(url, ''));
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON notification_channels
  FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Each is sent until it was received, or given up.
CREATE TABLE notification_deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  notification_id bigint NOT NULL
    CONSTRAINT notification_deliveries_notification_fkey REFERENCES notifications ON DELETE CASCADE,
  channel_id bigint NOT NULL
    CONSTRAINT notification_deliveries_channel_fkey REFERENCES notification_channels ON DELETE CASCADE,
  attempts integer NOT NULL DEFAULT 0 CONSTRAINT notification_deliveries_attempts_check CHECK (attempts >= 0),
  next_attempt_at timestamptz DEFAULT clock_timestamp(),  -- NULL: delivered or given up
  delivered_at timestamptz,
  error text NOT NULL DEFAULT '',
  CONSTRAINT notification_deliveries_key UNIQUE (notification_id, channel_id),
  CONSTRAINT notification_deliveries_done_check CHECK (delivered_at IS NULL OR next_attempt_at IS NULL)
);
CREATE INDEX notification_deliveries_due ON notification_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX notification_deliveries_channel ON notification_deliveries (channel_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON notification_deliveries
  FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Who did what that matters. Nothing in it is changed or removed, and it outlives what it tells of: no foreign keys.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_id bigint,  -- NULL: nobody was signed in, or the platform itself
  actor_name text NOT NULL DEFAULT '',
  action text NOT NULL CONSTRAINT audit_log_action_check CHECK (action ~ '^[a-z]+(\.[a-z_]+)*$'),  -- session.ended
  outcome text NOT NULL CONSTRAINT audit_log_outcome_check CHECK (outcome IN ('allowed', 'refused', 'failed')),
  target_kind text NOT NULL DEFAULT '',
  target_id text NOT NULL DEFAULT '',
  address inet,
  user_agent text NOT NULL DEFAULT '' CONSTRAINT audit_log_user_agent_check CHECK (char_length(user_agent) <= 512),
  request_id text NOT NULL DEFAULT '',
  detail jsonb NOT NULL DEFAULT '{}' CONSTRAINT audit_log_detail_check CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id DESC);
CREATE INDEX audit_log_target ON audit_log (target_kind, target_id, id DESC);
CREATE INDEX audit_log_action ON audit_log (action, id DESC);
CREATE INDEX audit_log_created ON audit_log USING brin (created_at);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

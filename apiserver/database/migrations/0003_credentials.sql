-- How people prove who they are, apart from their profiles (table 4.2 had salt and password beside the name), and what
-- they get for it (table 4.3). Tokens and codes are kept as hashes only.

CREATE TABLE credentials (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT credentials_user_key UNIQUE
    CONSTRAINT credentials_user_fkey REFERENCES users ON DELETE CASCADE,
  -- A PHC string: parameters and salt are in it.
  password_hash text NOT NULL CONSTRAINT credentials_password_hash_check
    CHECK (password_hash ~ '^\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$')
);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON credentials FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- An account at another provider: issuer and subject, never the e-mail address.
CREATE TABLE identities (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT identities_user_fkey REFERENCES users ON DELETE CASCADE,
  provider text NOT NULL CONSTRAINT identities_provider_check CHECK (provider ~ '^[a-z0-9-]{1,40}$'),
  issuer text NOT NULL CONSTRAINT identities_issuer_check CHECK (char_length(issuer) BETWEEN 1 AND 512),
  subject text NOT NULL CONSTRAINT identities_subject_check CHECK (char_length(subject) BETWEEN 1 AND 255),
  claims jsonb NOT NULL DEFAULT '{}' CONSTRAINT identities_claims_check CHECK (jsonb_typeof(claims) = 'object'),
  last_login_at timestamptz,
  CONSTRAINT identities_key UNIQUE (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON identities FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- A login at a provider that has begun: state and PKCE verifier, bound to the browser that began it.
CREATE TABLE oauth_attempts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  provider text NOT NULL CONSTRAINT oauth_attempts_provider_check CHECK (provider ~ '^[a-z0-9-]{1,40}$'),
  state_hash bytea NOT NULL CONSTRAINT oauth_attempts_state_key UNIQUE
    CONSTRAINT oauth_attempts_state_check CHECK (octet_length(state_hash) = 32),
  request_hash bytea NOT NULL CONSTRAINT oauth_attempts_request_check CHECK (octet_length(request_hash) = 32),
  code_verifier text NOT NULL
    CONSTRAINT oauth_attempts_verifier_check CHECK (char_length(code_verifier) BETWEEN 43 AND 128),  -- RFC 7636, 4.1
  nonce text NOT NULL,
  user_id bigint CONSTRAINT oauth_attempts_user_fkey REFERENCES users ON DELETE CASCADE,  -- who links an identity
  return_to text NOT NULL DEFAULT '/' CONSTRAINT oauth_attempts_return_check CHECK (return_to ~ '^/([^/\\]|$)'),
  expires_at timestamptz NOT NULL
    CONSTRAINT oauth_attempts_expires_check CHECK (expires_at <= created_at + interval '1 hour')
);
CREATE INDEX oauth_attempts_expires ON oauth_attempts (expires_at);
CREATE INDEX oauth_attempts_user ON oauth_attempts (user_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON oauth_attempts FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE one_time_codes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  purpose text NOT NULL CONSTRAINT one_time_codes_purpose_check
    CHECK (purpose IN ('login', 'verify', 'change_mobile', 'change_email', 'reset_password', 'reauthenticate')),
  channel text NOT NULL CONSTRAINT one_time_codes_channel_check CHECK (channel IN ('mobile', 'email')),
  destination text NOT NULL  -- e-mail addresses in lower case
    CONSTRAINT one_time_codes_destination_check CHECK (destination = lower(destination) AND char_length(destination) BETWEEN 3 AND 254),
  user_id bigint CONSTRAINT one_time_codes_user_fkey REFERENCES users ON DELETE CASCADE,
  -- Of a secret that the browser got when it asked: the code is of use to that browser only.
  request_hash bytea NOT NULL CONSTRAINT one_time_codes_request_check CHECK (octet_length(request_hash) = 32),
  salt bytea NOT NULL CONSTRAINT one_time_codes_salt_check CHECK (octet_length(salt) >= 16),
  code_hash bytea NOT NULL CONSTRAINT one_time_codes_code_check CHECK (octet_length(code_hash) = 32),
  expires_at timestamptz NOT NULL CONSTRAINT one_time_codes_expires_check
    CHECK (expires_at > created_at AND expires_at <= created_at + interval '10 minutes'),
  attempts integer NOT NULL DEFAULT 0 CONSTRAINT one_time_codes_attempts_check CHECK (attempts BETWEEN 0 AND 10),
  used_at timestamptz,
  address inet
);
CREATE INDEX one_time_codes_request ON one_time_codes (request_hash);
CREATE INDEX one_time_codes_destination ON one_time_codes (destination, created_at DESC);
CREATE INDEX one_time_codes_address ON one_time_codes (address, created_at DESC);
CREATE INDEX one_time_codes_expires ON one_time_codes (expires_at);
CREATE INDEX one_time_codes_user ON one_time_codes (user_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON one_time_codes FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE sessions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users ON DELETE CASCADE,
  token_hash bytea NOT NULL CONSTRAINT sessions_token_key UNIQUE
    CONSTRAINT sessions_token_check CHECK (octet_length(token_hash) = 32),
  -- After a renewal the old token holds a little longer, for requests under way and other tabs.
  previous_token_hash bytea CONSTRAINT sessions_previous_token_key UNIQUE
    CONSTRAINT sessions_previous_token_check CHECK (octet_length(previous_token_hash) = 32),
  previous_expires_at timestamptz,
  renewed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  authenticated_at timestamptz NOT NULL DEFAULT clock_timestamp(),  -- when a proof was given last
  method text NOT NULL CONSTRAINT sessions_method_check CHECK (method IN ('code', 'password', 'oauth')),
  expires_at timestamptz NOT NULL,           -- without use
  absolute_expires_at timestamptz NOT NULL,  -- in any case
  last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  addresses inet[] NOT NULL DEFAULT '{}'
    CONSTRAINT sessions_addresses_check CHECK (cardinality(addresses) <= 20),
  user_agent jsonb NOT NULL DEFAULT '{}' CONSTRAINT sessions_user_agent_check CHECK (jsonb_typeof(user_agent) = 'object'),
  CONSTRAINT sessions_previous_check CHECK ((previous_token_hash IS NULL) = (previous_expires_at IS NULL)),
  CONSTRAINT sessions_expires_check CHECK (expires_at <= absolute_expires_at)
);
CREATE INDEX sessions_user ON sessions (user_id, last_used_at DESC, id DESC);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Personal access tokens.
CREATE TABLE access_tokens (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT access_tokens_user_fkey REFERENCES users ON DELETE CASCADE,
  name text NOT NULL CONSTRAINT access_tokens_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
  token_hash bytea NOT NULL CONSTRAINT access_tokens_token_key UNIQUE
    CONSTRAINT access_tokens_token_check CHECK (octet_length(token_hash) = 32),
  hint text NOT NULL  -- its first characters, to tell it from others
    CONSTRAINT access_tokens_hint_check CHECK (char_length(hint) <= 12),
  scopes text[] NOT NULL CONSTRAINT access_tokens_scopes_check CHECK (cardinality(scopes) BETWEEN 1 AND 50),
  expires_at timestamptz NOT NULL
    CONSTRAINT access_tokens_expires_check CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days'),
  last_used_at timestamptz,
  last_used_address inet,
  revoked_at timestamptz
);
CREATE UNIQUE INDEX access_tokens_name_key ON access_tokens (user_id, lower(name)) WHERE revoked_at IS NULL;
CREATE INDEX access_tokens_user ON access_tokens (user_id, id DESC);
CREATE INDEX access_tokens_expires ON access_tokens (expires_at);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON access_tokens FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Answers to requests with an Idempotency-Key, to be given again.
CREATE TABLE idempotency_keys (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  caller text NOT NULL CONSTRAINT idempotency_keys_caller_check CHECK (caller <> ''),
  route text NOT NULL CONSTRAINT idempotency_keys_route_check CHECK (route <> ''),
  key text NOT NULL CONSTRAINT idempotency_keys_key_check CHECK (char_length(key) BETWEEN 1 AND 255),
  request_hash bytea NOT NULL CONSTRAINT idempotency_keys_request_check CHECK (octet_length(request_hash) = 32),
  -- While no answer is there the request is under way; whoever has it died when this passes.
  held_until timestamptz NOT NULL,
  status integer CONSTRAINT idempotency_keys_status_check CHECK (status BETWEEN 200 AND 599),
  headers jsonb CONSTRAINT idempotency_keys_headers_check CHECK (jsonb_typeof(headers) = 'array'),  -- [[name, value], …]
  body bytea,
  expires_at timestamptz NOT NULL,
  CONSTRAINT idempotency_keys_key UNIQUE (caller, route, key),
  CONSTRAINT idempotency_keys_answer_check
    CHECK ((status IS NULL) = (headers IS NULL) AND (status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

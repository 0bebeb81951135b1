-- What a user proves besides, with an app that makes one-time passwords (RFC 6238): the secret, and codes for who has lost it.
CREATE TABLE second_factors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id bigint NOT NULL CONSTRAINT second_factors_user_key UNIQUE
    CONSTRAINT second_factors_user_fkey REFERENCES users ON DELETE CASCADE,
  -- Encrypted (account/sealed_secret), and by which key.
  secret bytea NOT NULL CONSTRAINT second_factors_secret_check CHECK (octet_length(secret) BETWEEN 32 AND 256),
  key bytea NOT NULL CONSTRAINT second_factors_key_check CHECK (octet_length(key) = 8),
  begun_at timestamptz NOT NULL,
  confirmed_at timestamptz,  -- NULL: the user has not shown a code of it yet, and it is none
  last_step bigint NOT NULL DEFAULT 0  -- of the code that was taken last: neither it nor an earlier one is taken again
    CONSTRAINT second_factors_last_step_check CHECK (last_step >= 0)
);
CREATE INDEX second_factors_by_key ON second_factors (key);
CREATE INDEX second_factors_begun ON second_factors (begun_at) WHERE confirmed_at IS NULL;
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON second_factors FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE recovery_codes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  second_factor_id bigint NOT NULL
    CONSTRAINT recovery_codes_second_factor_fkey REFERENCES second_factors ON DELETE CASCADE,
  -- 120 random bits: nothing to guess, so no salt.
  code_hash bytea NOT NULL CONSTRAINT recovery_codes_code_check CHECK (octet_length(code_hash) = 32),
  used_at timestamptz,
  CONSTRAINT recovery_codes_key UNIQUE (second_factor_id, code_hash)
);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON recovery_codes FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Which second factor was given in it; NULL: none. Where the user has another one, it has to be given yet.
ALTER TABLE sessions ADD COLUMN second_factor_id bigint
  CONSTRAINT sessions_second_factor_fkey REFERENCES second_factors ON DELETE SET NULL;
CREATE INDEX sessions_second_factor ON sessions (second_factor_id);

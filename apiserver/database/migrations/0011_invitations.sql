-- Who was asked to join an organisation. Owners ask; whoever accepts is a member then, and the row is gone.
CREATE TABLE organisation_invitations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  organisation_id bigint NOT NULL
    CONSTRAINT organisation_invitations_organisation_fkey REFERENCES organisations ON DELETE CASCADE,
  user_id bigint NOT NULL CONSTRAINT organisation_invitations_user_fkey REFERENCES users ON DELETE CASCADE,
  role text NOT NULL
    CONSTRAINT organisation_invitations_role_check CHECK (role IN ('owner', 'maintainer', 'member')),
  invited_by bigint CONSTRAINT organisation_invitations_invited_by_fkey REFERENCES users ON DELETE SET NULL,
  CONSTRAINT organisation_invitations_key UNIQUE (organisation_id, user_id)
);
CREATE INDEX organisation_invitations_user ON organisation_invitations (user_id);
CREATE INDEX organisation_invitations_invited_by ON organisation_invitations (invited_by);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON organisation_invitations
  FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

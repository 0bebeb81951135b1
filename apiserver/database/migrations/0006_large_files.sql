-- Git LFS: which objects a repository may read, and who has a file locked. The contents are in an object store, by oid.
-- (Table 4.6 kept raw text and HTML of files in the database: git has the one, the other is made when it is asked for.)

CREATE TABLE lfs_objects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT lfs_objects_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  oid text NOT NULL CONSTRAINT lfs_objects_oid_check CHECK (oid ~ '^[0-9a-f]{64}$'),  -- SHA-256
  size bigint NOT NULL CONSTRAINT lfs_objects_size_check CHECK (size >= 0),
  uploaded_by bigint CONSTRAINT lfs_objects_uploaded_by_fkey REFERENCES users ON DELETE SET NULL,
  verified_at timestamptz,  -- when size and hash were found right; before that it is not there
  CONSTRAINT lfs_objects_key UNIQUE (repository_id, oid)
);
CREATE INDEX lfs_objects_oid ON lfs_objects (oid);  -- whether another repository still needs it
CREATE INDEX lfs_objects_uploaded_by ON lfs_objects (uploaded_by);
CREATE INDEX lfs_objects_unverified ON lfs_objects (created_at) WHERE verified_at IS NULL;
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON lfs_objects FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

CREATE TABLE lfs_locks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repository_id bigint NOT NULL CONSTRAINT lfs_locks_repository_fkey REFERENCES repositories ON DELETE CASCADE,
  owner_id bigint NOT NULL CONSTRAINT lfs_locks_owner_fkey REFERENCES users ON DELETE CASCADE,
  path text NOT NULL CONSTRAINT lfs_locks_path_check CHECK (octet_length(path) BETWEEN 1 AND 2048),
  ref text NOT NULL DEFAULT '' CONSTRAINT lfs_locks_ref_check CHECK (octet_length(ref) <= 255),
  CONSTRAINT lfs_locks_key UNIQUE (repository_id, path)
);
CREATE INDEX lfs_locks_repository ON lfs_locks (repository_id, id);
CREATE INDEX lfs_locks_owner ON lfs_locks (owner_id);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON lfs_locks FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

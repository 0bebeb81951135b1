-- How far an import is, as the Repo's condition Imported says it; and that it was not wanted any more.
ALTER TABLE imports
  ADD COLUMN phase text NOT NULL DEFAULT ''  -- of running ones
    CONSTRAINT imports_phase_check CHECK (phase IN ('', 'connecting', 'receiving', 'resolving')),
  ADD COLUMN done bigint NOT NULL DEFAULT 0 CONSTRAINT imports_done_check CHECK (done >= 0),  -- objects, then deltas
  ADD COLUMN total bigint NOT NULL DEFAULT 0 CONSTRAINT imports_total_check CHECK (total >= 0),  -- 0: not known yet
  ADD COLUMN bytes bigint NOT NULL DEFAULT 0 CONSTRAINT imports_bytes_check CHECK (bytes >= 0),
  DROP CONSTRAINT imports_state_check,
  ADD CONSTRAINT imports_state_check CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled')),
  DROP CONSTRAINT imports_finished_check,
  ADD CONSTRAINT imports_finished_check CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled')));

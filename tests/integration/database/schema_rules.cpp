#include "tests/integration/database/schema_rules.hpp"

namespace causeway::api::database {

const char* const kSeed = R"sql(
INSERT INTO accounts (kind, name, namespace) VALUES
  ('user', 'Ada', 'u-ada'), ('user', 'bob', 'u-bob'), ('organisation', 'Acme', 'o-acme');
INSERT INTO users (id, register_type, mobile, email, email_verified_at) VALUES
  (1, 'mobile', '+8613800000001', 'ada@example.org', now()), (2, 'email', '+8613800000002', 'bob@example.org', now());
INSERT INTO organisations (id, created_by) VALUES (3, 1);
INSERT INTO organisation_members (organisation_id, user_id, role) VALUES (3, 1, 'owner'), (3, 2, 'member');
INSERT INTO organisation_invitations (organisation_id, user_id, role, invited_by) VALUES (3, 2, 'owner', 1);
INSERT INTO departed_accounts (account_id, name, names, namespace) VALUES
  (98, 'Gone', '{gone,before}', 'u-gone'), (99, 'left', '{left}', 'o-left');
INSERT INTO former_names (account_id, name) VALUES (1, 'augusta');
INSERT INTO avatars (account_id, content_type, content, sha256) VALUES (1, 'image/png', 'p', sha256('p'));
INSERT INTO credentials (user_id, password_hash) VALUES (1, '$argon2id$v=19$m=48128,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g');
INSERT INTO identities (user_id, provider, issuer, subject) VALUES (1, 'github', 'https://github.com', '17'),
  (2, 'github', 'https://github.com', '18');
INSERT INTO oauth_attempts (provider, state_hash, request_hash, code_verifier, nonce, expires_at) VALUES
  ('github', sha256('1'), sha256('r'), repeat('v', 43), 'n', now() + interval '10 minutes'),
  ('github', sha256('2'), sha256('r'), repeat('v', 43), 'n', now() + interval '10 minutes');
INSERT INTO one_time_codes (purpose, channel, destination, request_hash, salt, code_hash, expires_at)
  VALUES ('login', 'email', 'ada@example.org', sha256('r'), decode(repeat('00', 16), 'hex'), sha256('c'),
          now() + interval '5 minutes');
INSERT INTO second_factors (user_id, secret, key, begun_at, confirmed_at) VALUES
  (1, decode(repeat('5e', 48), 'hex'), decode(repeat('11', 8), 'hex'), now(), now()),
  (2, decode(repeat('5f', 48), 'hex'), decode(repeat('11', 8), 'hex'), now(), NULL);
INSERT INTO recovery_codes (second_factor_id, code_hash) VALUES (1, sha256('a')), (1, sha256('b'));
INSERT INTO sessions (user_id, token_hash, previous_token_hash, previous_expires_at, method, expires_at, absolute_expires_at)
  VALUES (1, sha256('1'), sha256('0'), now(), 'code', now() + interval '1 hour', now() + interval '1 day'),
         (1, sha256('2'), NULL, NULL, 'password', now() + interval '1 hour', now() + interval '1 hour');
INSERT INTO access_tokens (user_id, name, token_hash, hint, scopes, expires_at) VALUES
  (1, 'laptop', sha256('t'), 'cw_abc', '{repo}', now() + interval '30 days'),
  (1, 'ci', sha256('u'), 'cw_abd', '{repo}', now() + interval '30 days');
INSERT INTO idempotency_keys (caller, route, key, request_hash, held_until, expires_at) VALUES
  ('user:1', 'POST /x', 'k', sha256('r'), now() + interval '1 minute', now() + interval '1 day'),
  ('user:1', 'POST /x', 'l', sha256('r'), now() + interval '1 minute', now() + interval '1 day');
INSERT INTO repositories (owner_id, created_by, type, name, resource_namespace, resource_name, resource_uid) VALUES
  (1, 1, 'model', 'Digits', 'u-ada', 'digits', gen_random_uuid()),
  (2, 2, 'space', 'demo', 'u-bob', 'demo', gen_random_uuid());
INSERT INTO repository_reservations (owner_id, resource_name, expires_at) VALUES
  (1, 'letters', now() + interval '5 minutes'), (1, 'words', now() + interval '5 minutes');
INSERT INTO repository_redirects (repository_id, type, path) VALUES (1, 'model', 'ada/numbers'), (1, 'model', 'ada/old');
INSERT INTO collaborators (repository_id, user_id, role) VALUES (1, 2, 'write'), (1, 1, 'read');
INSERT INTO protected_branches (repository_id, pattern) VALUES (1, 'main'), (1, 'release/*');
INSERT INTO stars (repository_id, user_id) VALUES (1, 2), (1, 1);
INSERT INTO repository_days (repository_id, day) VALUES (1, '2026-01-01'), (1, '2026-01-02');
INSERT INTO imports (repository_id, requested_by, source_url) VALUES (1, 1, 'https://github.com/ada/digits');
INSERT INTO issues (repository_id, kind, author_id, title) VALUES (1, 'issue', 1, 'one'), (1, 'discussion', 2, 'two');
INSERT INTO issue_comments (issue_id, author_id, body) VALUES (1, 2, 'a comment');
INSERT INTO watches (user_id, repository_id, issue_id, level) VALUES (1, 1, NULL, 'all'), (1, 1, 1, 'none');
INSERT INTO lfs_objects (repository_id, oid, size, uploaded_by) VALUES (1, repeat('a', 64), 0, 1), (1, repeat('b', 64), 5, 1);
INSERT INTO lfs_locks (repository_id, owner_id, path) VALUES (1, 1, 'model.bin'), (1, 1, 'other.bin');
INSERT INTO follows (follower_id, account_id) VALUES (1, 2), (2, 3), (2, 1);
INSERT INTO activities (actor_id, kind, repository_id) VALUES (1, 'repository.created', 1);
INSERT INTO notifications (user_id, kind, actor_id, repository_id, issue_id) VALUES (1, 'issue.commented', 2, 1, 1);
INSERT INTO notification_channels (user_id, kind, url, secret) VALUES
  (1, 'webhook', 'https://example.org/hook', 's'), (1, 'email', NULL, NULL);
INSERT INTO notification_deliveries (notification_id, channel_id) VALUES (1, 1), (1, 2);
INSERT INTO audit_log (actor_id, actor_name, action, outcome) VALUES (1, 'Ada', 'session.begun', 'allowed');
INSERT INTO demo_pages (demo_uid, namespace, name) VALUES (gen_random_uuid(), 'u-ada', 'digits'),
  ('00000000-0000-0000-0000-000000000001', 'u-bob', 'demo');
INSERT INTO demo_visits (demo_page_id, day, visits) VALUES (1, '2026-01-01', 1), (1, '2026-01-02', 1);
INSERT INTO events (topic, payload, position) VALUES ('session', '{}', nextval('event_positions')),
  ('session', '{}', nextval('event_positions'));
)sql";

const std::vector<Rule> kRules{
    // accounts and their name space
    {"reserved_names_name_key", "INSERT INTO reserved_names (name) VALUES ('admin')"},
    {"reserved_names_name_check", "INSERT INTO reserved_names (name) VALUES ('Loud')"},
    {"accounts_kind_check", "UPDATE accounts SET kind = 'robot', namespace = 'o-x' WHERE id = 3"},
    {"accounts_name_check", "UPDATE accounts SET name = 'a--b' WHERE id = 1"},
    {"accounts_name_check", "UPDATE accounts SET name = '-a' WHERE id = 1"},
    {"accounts_name_check", "UPDATE accounts SET name = 'a.b' WHERE id = 1"},
    {"accounts_name_check", "UPDATE accounts SET name = 'ü' WHERE id = 1"},
    {"accounts_name_check", "UPDATE accounts SET name = repeat('a', 40) WHERE id = 1"},
    {"accounts_name_check", "UPDATE accounts SET name = E'a\\n' WHERE id = 1"},
    {"accounts_name_key", "UPDATE accounts SET name = 'ADA' WHERE id = 2"},
    {"accounts_name_key", "INSERT INTO accounts (kind, name, namespace) VALUES ('user', 'ACME', 'u-acme')"},
    {"accounts_name_key", "UPDATE accounts SET name = 'Augusta' WHERE id = 2"},
    {"accounts_name_not_reserved", "UPDATE accounts SET name = 'Admin' WHERE id = 2"},
    {"accounts_namespace_key", "UPDATE accounts SET namespace = 'u-ada' WHERE id = 2"},
    {"accounts_namespace_check", "UPDATE accounts SET namespace = 'u-Ada' WHERE id = 1"},
    {"accounts_namespace_kind_check", "UPDATE accounts SET namespace = 'o-ada' WHERE id = 1"},
    {"accounts_display_name_check", "UPDATE accounts SET display_name = repeat('x', 101) WHERE id = 1"},
    {"accounts_introduction_check", "UPDATE accounts SET introduction = repeat('x', 65537) WHERE id = 1"},
    {"accounts_website_check", "UPDATE accounts SET website = 'javascript:alert(1)' WHERE id = 1"},
    {"accounts_id_kind_key", ""},  // a superset of the primary key, for the foreign keys of users and organisations
    {"former_names_name_key", "INSERT INTO former_names (account_id, name) VALUES (2, 'AUGUSTA')"},
    {"users_mobile_key", "UPDATE users SET mobile = '+8613800000001' WHERE id = 2"},
    {"users_mobile_check", "UPDATE users SET mobile = '13800000001' WHERE id = 1"},
    {"users_email_check", "UPDATE users SET email = 'ada' WHERE id = 1"},
    {"users_email_verified_check", "UPDATE users SET email = NULL WHERE id = 1"},
    {"users_verified_email_key", "UPDATE users SET email = 'ADA@example.org' WHERE id = 2"},
    {"users_register_type_check", "UPDATE users SET register_type = 'fax' WHERE id = 1"},
    {"users_register_info_check", "UPDATE users SET register_info = '[]' WHERE id = 1"},
    {"organisation_members_role_check", "UPDATE organisation_members SET role = 'king'"},
    {"organisation_members_key",
     "INSERT INTO organisation_members (organisation_id, user_id, role) VALUES (3, 1, 'member')"},
    {"departed_accounts_account_key", "UPDATE departed_accounts SET account_id = 98"},
    {"departed_accounts_names_check", "UPDATE departed_accounts SET names = '{}'"},
    {"departed_accounts_namespace_key", "UPDATE departed_accounts SET namespace = 'u-gone'"},
    {"accounts_name_key", "INSERT INTO accounts (kind, name, namespace) VALUES ('user', 'BEFORE', 'u-before')"},
    {"organisation_invitations_role_check", "UPDATE organisation_invitations SET role = 'king'"},
    {"organisation_invitations_key",
     "INSERT INTO organisation_invitations (organisation_id, user_id, role) VALUES (3, 2, 'member')"},
    {"organisation_members_owner_remains", "UPDATE organisation_members SET role = 'member'"},
    {"organisation_members_owner_remains", "DELETE FROM organisation_members WHERE role = 'owner'"},
    {"organisation_members_owner_remains",
     "INSERT INTO accounts (kind, name, namespace) VALUES ('organisation', 'empty', 'o-empty');"
     "INSERT INTO organisations (id) SELECT id FROM accounts WHERE name = 'empty'"},
    {"organisation_members_owner_remains", "DELETE FROM repositories; DELETE FROM accounts WHERE id = 1"},
    {"avatars_account_key",
     "INSERT INTO avatars (account_id, content_type, content, sha256) VALUES (1, 'image/png', 'q', sha256('q'))"},
    {"avatars_content_type_check", "UPDATE avatars SET content_type = 'image/svg+xml'"},
    {"avatars_content_check", "UPDATE avatars SET content = '', sha256 = sha256('')"},
    {"avatars_sha256_check", "UPDATE avatars SET content = 'changed'"},
    // proofs and tokens
    {"credentials_user_key",
     "INSERT INTO credentials (user_id, password_hash) SELECT user_id, password_hash FROM credentials"},
    {"credentials_password_hash_check", "UPDATE credentials SET password_hash = 'hunter2'"},
    {"credentials_password_hash_check", "UPDATE credentials SET password_hash = '$2b$12$abcdefghijklmnopqrstuv'"},
    {"identities_provider_check", "UPDATE identities SET provider = ''"},
    {"identities_issuer_check", "UPDATE identities SET issuer = ''"},
    {"identities_subject_check", "UPDATE identities SET subject = ''"},
    {"identities_claims_check", "UPDATE identities SET claims = '[]'"},
    {"identities_key", "UPDATE identities SET subject = '17'"},
    {"oauth_attempts_provider_check", "UPDATE oauth_attempts SET provider = 'A B'"},
    {"oauth_attempts_state_key", "UPDATE oauth_attempts SET state_hash = sha256('1')"},
    {"oauth_attempts_state_check", "UPDATE oauth_attempts SET state_hash = 'short' WHERE id = 1"},
    {"oauth_attempts_request_check", "UPDATE oauth_attempts SET request_hash = 'short'"},
    {"oauth_attempts_verifier_check", "UPDATE oauth_attempts SET code_verifier = 'short'"},
    {"oauth_attempts_return_check", "UPDATE oauth_attempts SET return_to = '//evil.example'"},
    {"oauth_attempts_return_check", "UPDATE oauth_attempts SET return_to = 'https://evil.example'"},
    {"oauth_attempts_return_check", "UPDATE oauth_attempts SET return_to = '/\\evil.example'"},
    {"oauth_attempts_expires_check", "UPDATE oauth_attempts SET expires_at = now() + interval '2 hours'"},
    {"one_time_codes_purpose_check", "UPDATE one_time_codes SET purpose = 'fun'"},
    {"one_time_codes_channel_check", "UPDATE one_time_codes SET channel = 'pigeon'"},
    {"one_time_codes_destination_check", "UPDATE one_time_codes SET destination = 'Ada@example.org'"},
    {"one_time_codes_request_check", "UPDATE one_time_codes SET request_hash = 'short'"},
    {"one_time_codes_salt_check", "UPDATE one_time_codes SET salt = ''"},
    {"one_time_codes_code_check", "UPDATE one_time_codes SET code_hash = '123456'"},
    {"one_time_codes_expires_check", "UPDATE one_time_codes SET expires_at = created_at + interval '11 minutes'"},
    {"one_time_codes_expires_check", "UPDATE one_time_codes SET expires_at = created_at"},
    {"one_time_codes_attempts_check", "UPDATE one_time_codes SET attempts = 11"},
    {"second_factors_user_key", "UPDATE second_factors SET user_id = 1"},
    {"second_factors_secret_check", "UPDATE second_factors SET secret = 'the secret itself'"},
    {"second_factors_key_check", "UPDATE second_factors SET key = ''"},
    {"second_factors_last_step_check", "UPDATE second_factors SET last_step = -1"},
    {"recovery_codes_code_check", "UPDATE recovery_codes SET code_hash = 'the code itself' WHERE id = 1"},
    {"recovery_codes_key", "UPDATE recovery_codes SET code_hash = sha256('a')"},
    {"sessions_token_key", "UPDATE sessions SET token_hash = sha256('1')"},
    {"sessions_token_check", "UPDATE sessions SET token_hash = 'the token itself' WHERE id = 1"},
    {"sessions_previous_token_key",
     "UPDATE sessions SET previous_token_hash = sha256('0'), previous_expires_at = now()"},
    {"sessions_previous_token_check", "UPDATE sessions SET previous_token_hash = 'short' WHERE id = 1"},
    {"sessions_previous_check", "UPDATE sessions SET previous_expires_at = NULL WHERE id = 1"},
    {"sessions_method_check", "UPDATE sessions SET method = 'luck'"},
    {"sessions_expires_check", "UPDATE sessions SET expires_at = absolute_expires_at + interval '1 second'"},
    {"sessions_addresses_check", "UPDATE sessions SET addresses = array_fill('::1'::inet, ARRAY[21])"},
    {"sessions_user_agent_check", "UPDATE sessions SET user_agent = '\"Mozilla\"'"},
    {"access_tokens_name_check", "UPDATE access_tokens SET name = '' WHERE id = 1"},
    {"access_tokens_name_key", "UPDATE access_tokens SET name = 'CI' WHERE id = 1"},
    {"access_tokens_token_key", "UPDATE access_tokens SET token_hash = sha256('t')"},
    {"access_tokens_token_check", "UPDATE access_tokens SET token_hash = 'cw_abc' WHERE id = 1"},
    {"access_tokens_hint_check", "UPDATE access_tokens SET hint = repeat('x', 13)"},
    {"access_tokens_scopes_check", "UPDATE access_tokens SET scopes = '{}'"},
    {"access_tokens_expires_check", "UPDATE access_tokens SET expires_at = created_at + interval '2 years'"},
    {"idempotency_keys_caller_check", "UPDATE idempotency_keys SET caller = ''"},
    {"idempotency_keys_route_check", "UPDATE idempotency_keys SET route = ''"},
    {"idempotency_keys_key_check", "UPDATE idempotency_keys SET key = repeat('k', 256) WHERE id = 1"},
    {"idempotency_keys_request_check", "UPDATE idempotency_keys SET request_hash = ''"},
    {"idempotency_keys_status_check", "UPDATE idempotency_keys SET status = 100, headers = '[]', body = ''"},
    {"idempotency_keys_headers_check", "UPDATE idempotency_keys SET status = 200, headers = '{}', body = ''"},
    {"idempotency_keys_key", "UPDATE idempotency_keys SET key = 'k'"},
    {"idempotency_keys_answer_check", "UPDATE idempotency_keys SET status = 200"},
    // repositories
    {"repositories_type_check", "UPDATE repositories SET type = 'poem'"},
    {"repositories_name_check", "UPDATE repositories SET name = 'x.git' WHERE id = 1"},
    {"repositories_name_check", "UPDATE repositories SET name = 'a..b' WHERE id = 1"},
    {"repositories_name_check", "UPDATE repositories SET name = 'a/b' WHERE id = 1"},
    {"repositories_name_check", "UPDATE repositories SET name = '.hidden' WHERE id = 1"},
    {"repositories_name_key",
     "INSERT INTO repositories (owner_id, type, name, resource_namespace, resource_name) VALUES"
     " (1, 'model', 'DIGITS', 'u-ada', 'digits-2')"},
    {"repositories_resource_key", "UPDATE repositories SET resource_namespace = 'n', resource_name = 'n'"},
    {"repositories_resource_uid_key", "UPDATE repositories SET resource_uid = '00000000-0000-0000-0000-000000000001'"},
    {"repositories_visibility_check", "UPDATE repositories SET visibility = 'secret'"},
    {"repositories_display_name_check", "UPDATE repositories SET display_name = repeat('x', 129)"},
    {"repositories_description_check", "UPDATE repositories SET description = repeat('x', 1025)"},
    {"repositories_website_check", "UPDATE repositories SET website = repeat('x', 2049)"},
    {"repositories_license_check", "UPDATE repositories SET license = repeat('x', 129)"},
    {"repositories_tags_check", "UPDATE repositories SET tags = array_fill('t'::text, ARRAY[101])"},
    {"repositories_default_branch_check", "UPDATE repositories SET default_branch = ''"},
    {"repositories_host_check", "UPDATE repositories SET host = 'elsewhere'"},
    {"repositories_head_commit_check", "UPDATE repositories SET head_commit = 'main'"},
    {"repositories_sdk_check", "UPDATE repositories SET sdk = repeat('x', 65)"},
    {"repositories_metadata_check", "UPDATE repositories SET metadata = '[]'"},
    {"repositories_size_check", "UPDATE repositories SET size_bytes = -1"},
    {"repositories_star_count_check", "UPDATE repositories SET star_count = -1"},
    {"repositories_download_count_check", "UPDATE repositories SET download_count = -1"},
    {"repositories_issue_count_check", "UPDATE repositories SET issue_count = -1"},
    {"repositories_discussion_count_check", "UPDATE repositories SET discussion_count = -1"},
    {"repositories_trending_score_check", "UPDATE repositories SET trending_score = 'NaN'"},
    {"repository_reservations_key", "UPDATE repository_reservations SET resource_name = 'words'"},
    {"repository_redirects_path_key", "UPDATE repository_redirects SET path = 'Ada/Old'"},
    {"collaborators_role_check", "UPDATE collaborators SET role = 'owner'"},
    {"collaborators_key", "UPDATE collaborators SET user_id = 2"},
    {"protected_branches_pattern_check", "UPDATE protected_branches SET pattern = 'a b' WHERE id = 1"},
    {"protected_branches_push_role_check", "UPDATE protected_branches SET push_role = 'read'"},
    {"protected_branches_key", "UPDATE protected_branches SET pattern = 'main'"},
    {"stars_key", "INSERT INTO stars (repository_id, user_id) VALUES (1, 2)"},
    {"repository_days_downloads_check", "UPDATE repository_days SET downloads = -1"},
    {"repository_days_views_check", "UPDATE repository_days SET views = -1"},
    {"repository_days_stars_check", "UPDATE repository_days SET stars = -1"},
    {"repository_days_key", "UPDATE repository_days SET day = '2026-01-01'"},
    {"imports_source_url_check", "UPDATE imports SET source_url = 'https://user:password@github.com/x'"},
    {"imports_source_url_check", "UPDATE imports SET source_url = 'file:///etc/passwd'"},
    {"imports_state_check", "UPDATE imports SET state = 'lost'"},
    {"imports_finished_check", "UPDATE imports SET state = 'succeeded'"},
    {"imports_error_check", "UPDATE imports SET state = 'running', error = 'x'"},
    {"imports_phase_check", "UPDATE imports SET phase = 'waiting'"},
    {"imports_done_check", "UPDATE imports SET done = -1"},
    {"imports_total_check", "UPDATE imports SET total = -1"},
    {"imports_bytes_check", "UPDATE imports SET bytes = -1"},
    {"imports_under_way_key", "INSERT INTO imports (repository_id, source_url) VALUES (1, 'https://github.com/x')"},
    // issues and discussions
    {"watches_level_check", "UPDATE watches SET level = 'some'"},
    {"watches_key", "INSERT INTO watches (user_id, repository_id, level) VALUES (1, 1, 'none')"},
    {"issues_kind_check", "INSERT INTO issues (repository_id, kind, title) VALUES (1, 'poem', 't')"},
    {"issues_title_check", "UPDATE issues SET title = ''"},
    {"issues_body_check", "UPDATE issues SET body = repeat('x', 65537)"},
    {"issues_state_check", "UPDATE issues SET state = 'asleep'"},
    {"issues_closed_check", "UPDATE issues SET state = 'closed'"},
    {"issues_labels_check", "UPDATE issues SET labels = array_fill('l'::text, ARRAY[51])"},
    {"issues_comment_count_check", "UPDATE issues SET comment_count = -1"},
    {"issues_number_key",
     "UPDATE repositories SET last_number = 0;"
     "INSERT INTO issues (repository_id, kind, title) VALUES (1, 'issue', 't')"},
    {"issues_place_is_fixed", "UPDATE issues SET repository_id = 2"},
    {"issue_comments_body_check", "UPDATE issue_comments SET body = ''"},
    // large files
    {"lfs_objects_oid_check", "UPDATE lfs_objects SET oid = '../../etc/passwd' WHERE id = 1"},
    {"lfs_objects_size_check", "UPDATE lfs_objects SET size = -1"},
    {"lfs_objects_key", "UPDATE lfs_objects SET oid = repeat('a', 64)"},
    {"lfs_locks_path_check", "UPDATE lfs_locks SET path = '' WHERE id = 1"},
    {"lfs_locks_ref_check", "UPDATE lfs_locks SET ref = repeat('r', 256)"},
    {"lfs_locks_key", "UPDATE lfs_locks SET path = 'model.bin'"},
    // activity
    {"accounts_follower_count_check", "UPDATE accounts SET follower_count = -1"},
    {"accounts_following_count_check", "UPDATE accounts SET following_count = -1"},
    {"follows_key", "INSERT INTO follows (follower_id, account_id) VALUES (1, 2)"},
    {"follows_self_check", "INSERT INTO follows (follower_id, account_id) VALUES (1, 1)"},
    {"activities_kind_check", "UPDATE activities SET kind = 'Did Something'"},
    {"activities_detail_check", "UPDATE activities SET detail = '[]'"},
    {"notifications_kind_check", "UPDATE notifications SET kind = ''"},
    {"notifications_detail_check", "UPDATE notifications SET detail = '1'"},
    {"notification_channels_kind_check", "UPDATE notification_channels SET kind = 'pigeon' WHERE id = 2"},
    {"notification_channels_url_check", "UPDATE notification_channels SET url = 'ftp://x' WHERE id = 1"},
    {"notification_channels_kind_url_check", "UPDATE notification_channels SET secret = NULL WHERE id = 1"},
    {"notification_channels_key", "INSERT INTO notification_channels (user_id, kind) VALUES (1, 'email')"},
    {"notification_deliveries_attempts_check", "UPDATE notification_deliveries SET attempts = -1"},
    {"notification_deliveries_key", "UPDATE notification_deliveries SET channel_id = 1"},
    {"notification_deliveries_done_check", "UPDATE notification_deliveries SET delivered_at = now()"},
    {"audit_log_action_check", "INSERT INTO audit_log (action, outcome) VALUES ('Did It', 'allowed')"},
    {"audit_log_outcome_check", "INSERT INTO audit_log (action, outcome) VALUES ('a.b', 'perhaps')"},
    {"audit_log_user_agent_check",
     "INSERT INTO audit_log (action, outcome, user_agent) VALUES ('a.b', 'allowed', repeat('x', 513))"},
    {"audit_log_detail_check", "INSERT INTO audit_log (action, outcome, detail) VALUES ('a.b', 'allowed', '[]')"},
    {"audit_log_append_only", "UPDATE audit_log SET actor_name = 'Eve'"},
    {"audit_log_append_only", "DELETE FROM audit_log"},
    {"audit_log_append_only", "TRUNCATE audit_log"},
    // demos
    {"demo_pages_demo_uid_key", "UPDATE demo_pages SET demo_uid = '00000000-0000-0000-0000-000000000001'"},
    {"demo_pages_cover_check", "UPDATE demo_pages SET cover = '', cover_type = 'image/png'"},
    {"demo_pages_cover_type_check", "UPDATE demo_pages SET cover = 'x', cover_type = 'text/html'"},
    {"demo_pages_cover_pair_check", "UPDATE demo_pages SET cover = 'x'"},
    {"demo_pages_visit_count_check", "UPDATE demo_pages SET visit_count = -1"},
    {"demo_visits_visits_check", "UPDATE demo_visits SET visits = -1"},
    {"demo_visits_key", "UPDATE demo_visits SET day = '2026-01-01'"},
    // events
    {"events_position_key", "UPDATE events SET position = 1"},
    {"events_topic_check", "UPDATE events SET topic = ''"},
    {"events_payload_check", "UPDATE events SET payload = to_jsonb(repeat('x', 65536))"},
    {"event_horizon_removed_check", "UPDATE event_horizon SET removed_to = -1"},
    {"event_horizon_one_row_key", "INSERT INTO event_horizon DEFAULT VALUES"},
    // migrations
    {"schema_migrations_number_key", "UPDATE schema_migrations SET number = 1"},
    {"schema_migrations_number_check", "UPDATE schema_migrations SET number = 0 WHERE number = 1"},
};

}  // namespace causeway::api::database

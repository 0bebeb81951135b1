// Two calls as koa, ioredis and pg do them: who makes the request (the session is in Redis), and the list of repositories.
// node server.mjs REDIS-SOCKET DATABASE-URL: prints the port.
import Redis from "ioredis";
import Koa from "koa";
import pg from "pg";

const [redisSocket, databaseUrl] = process.argv.slice(2);
const redis = new Redis({ path: redisSocket });
const database = new pg.Pool({ connectionString: databaseUrl, max: 16 });

const statements = new Map(); // text → name: prepared once for each connection, as the API server does
const orders = { recent: "active_at", trending: "trending_score", stars: "star_count", downloads: "download_count" };

async function session(context) {
  const token = context.cookies.get("session");
  const kept = token && (await redis.get(`session:${token}`));
  return kept ? JSON.parse(kept) : { role: "visitor" };
}

// The API server's own question (apiserver/repository/repository_store.cpp), without cursors.
async function repositories(user, query) {
  const values = [user.id ?? 0, user.role === "administrator"];
  let sql = `SELECT r.id, r.path, r.type, r.visibility, r.display_name, r.description, r.website, r.license, r.default_branch, r.sdk,
    coalesce(r.head_commit, '') AS head_commit, r.tags, r.star_count, r.download_count, r.issue_count, r.size_bytes, r.archived,
    r.resource_namespace, r.resource_name, r.created_at, r.active_at, r.owner_id = $1 AS owns, m.role AS member, c.role AS collaborator
    FROM repositories r
    LEFT JOIN organisation_members m ON m.organisation_id = r.owner_id AND m.user_id = $1
    LEFT JOIN collaborators c ON c.repository_id = r.id AND c.user_id = $1
    WHERE ($2 OR ((r.visibility = 'public' OR r.owner_id = $1 OR m.id IS NOT NULL OR c.id IS NOT NULL)
    AND NOT EXISTS (SELECT FROM accounts a WHERE a.id = r.owner_id AND a.disabled_at IS NOT NULL)))`;
  const add = (before, value, behind = "") => {
    values.push(value);
    sql += ` AND ${before}$${values.length}${behind}`;
  };
  if (query.type) add("r.type = ", query.type);
  if (query.q) add("r.search_text LIKE '%' || lower(", query.q, ") || '%'");
  if (query.tag) add("r.tags @> ", [query.tag], "::text[]");
  values.push(Number(query.limit ?? 30));
  sql += ` ORDER BY r.${orders[query.sort ?? "recent"]} DESC, r.id DESC LIMIT $${values.length}`;
  if (!statements.has(sql)) statements.set(sql, `s${statements.size}`);
  const { rows } = await database.query({ name: statements.get(sql), text: sql, values });
  return rows.map((r) => ({
    id: r.id, path: r.path, type: r.type, visibility: r.visibility, displayName: r.display_name, description: r.description,
    website: r.website, license: r.license, defaultBranch: r.default_branch, sdk: r.sdk, headCommit: r.head_commit, tags: r.tags,
    stars: Number(r.star_count), downloads: Number(r.download_count), issues: Number(r.issue_count), sizeBytes: Number(r.size_bytes),
    archived: r.archived, right: r.owns ? "admin" : (r.collaborator ?? r.member ?? "read"), namespace: r.resource_namespace,
    resource: r.resource_name, createdAt: r.created_at, activeAt: r.active_at,
  }));
}

const application = new Koa();
application.use(async (context) => {
  const user = await session(context);
  if (context.path === "/identity") context.body = user;
  else if (context.path === "/api/v1/repositories") context.body = { items: await repositories(user, context.query) };
  else context.status = 404;
});
const server = application.listen(0, "127.0.0.1", () => console.log(server.address().port));

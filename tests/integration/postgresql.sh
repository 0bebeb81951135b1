#!/bin/bash
# A real PostgreSQL for tests: in a folder of its own, on a Unix socket there, with a role that is no superuser, as the
# add-on has it. Nothing stays behind.
#
#   postgresql.sh COMMAND...   runs COMMAND with
#     CAUSEWAY_TEST_DATABASE            the URL of a database; its role may create others
#     CAUSEWAY_TEST_DATABASE_PIDFILE    the process to kill in a test; it is started again at once …
#     CAUSEWAY_TEST_DATABASE_HOLD       … unless this file is there: then when it is removed
#     CAUSEWAY_TEST_DATABASE_PASSWORD   the file with the password of the role "causeway_password", which has to give one
#     CAUSEWAY_TEST_DATABASE_TLS        the URL of the same over TCP, where nobody is let in without TLS; sslmode is to be added
#     CAUSEWAY_TEST_DATABASE_CA         the authority of its certificate, which is for the name "postgresql"
#     CAUSEWAY_TEST_DATABASE_LOG        what it says
#     CAUSEWAY_TEST_POSTGRESQL_BIN      the folder with its programs
#     CAUSEWAY_TEST_SMALL_TABLESPACE    a tablespace on a disk of 16 MiB (as root only)
#   and exits with COMMAND's code.
#   CAUSEWAY_POSTGRESQL_BIN: the folder with initdb and postgres; by default the newest that the distribution installed.
set -euo pipefail

die() { echo "postgresql.sh: $*" >&2; exit 2; }
[[ $# -gt 0 ]] || die "usage: postgresql.sh COMMAND..."
bin=${CAUSEWAY_POSTGRESQL_BIN:-$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
[[ -x $bin/initdb && -x $bin/postgres ]] ||
  die "there are no initdb and postgres in $bin: set CAUSEWAY_POSTGRESQL_BIN (./causeway test integration does)"

# PostgreSQL does not run as root. Disks are mounted where nobody else sees them.
as_server=()
if [[ $(id -u) = 0 ]]; then
  [[ -n ${CAUSEWAY_TEST_OWN_MOUNTS:-} ]] || exec env CAUSEWAY_TEST_OWN_MOUNTS=1 unshare --mount "$0" "$@"
  unset CAUSEWAY_TEST_OWN_MOUNTS
  as_server=(setpriv --reuid=nobody --regid=nogroup --clear-groups --)
fi

# Where the server's user gets to, and short enough for the path of a Unix socket.
base=${TMPDIR:-/tmp}
[[ ${#base} -lt 50 ]] && "${as_server[@]}" test -x "$base" || base=/tmp
dir=$(mktemp -d "$base/causeway-postgresql.XXXXXX")
keeper_pid=''

clean_up() {
  local code=$?
  trap - EXIT INT TERM
  rm -f "$dir/hold"
  [[ -z $keeper_pid ]] || { kill -TERM "$keeper_pid" 2>/dev/null || true; wait "$keeper_pid" 2>/dev/null || true; }
  if [[ $code -eq 2 && -s $dir/log ]]; then tail -n 20 "$dir/log" >&2; fi
  for mounted in small server programs; do ! mountpoint -q "$dir/$mounted" || umount "$dir/$mounted"; done
  rm -rf --one-file-system "$dir"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

server() { (cd "$dir/server" && exec "${as_server[@]}" "$@"); }
mkdir "$dir/server" "$dir/tmp"
if [[ ${#as_server[@]} -gt 0 ]]; then
  chmod 0755 "$dir"
  mkdir "$dir/small"
  mount -t tmpfs -o size=16m,mode=0700 tmpfs "$dir/small" || die "cannot mount a small disk"
  # Hundreds of databases are made and dropped, of hundreds of files each.
  mount -t tmpfs -o size=4g,mode=0700 tmpfs "$dir/server" || die "cannot mount the server's disk"
  chown nobody:nogroup "$dir/server" "$dir/small"
  if ! "${as_server[@]}" test -x "$bin/postgres"; then  # in a home that is closed to others
    mkdir "$dir/programs"
    mount --bind "${bin%/lib/postgresql/*}" "$dir/programs"
    bin=$dir/programs/lib/${bin##*/lib/}
  fi
fi
chmod 0700 "$dir/server"
data=$dir/server/data

server "$bin/initdb" -D "$data" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --auth=trust --no-sync \
  >"$dir/log" 2>&1 || die "initdb failed"
sed -i '1i local all causeway_password scram-sha-256' "$data/pg_hba.conf"
# TLS, at an address and port that nobody else of this machine has.
address=127.$((RANDOM % 200 + 50)).$((RANDOM % 254 + 1)).$((RANDOM % 254 + 1)) port=$((RANDOM % 20000 + 10000))
sed -i '/^host/d' "$data/pg_hba.conf"
echo 'hostssl all causeway 127.0.0.0/8 trust' >>"$data/pg_hba.conf"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=postgresql \
  -addext subjectAltName=DNS:postgresql -keyout "$data/tls.key" -out "$dir/ca.crt" 2>>"$dir/log" || die "openssl failed"
[[ ${#as_server[@]} -eq 0 ]] || chown nobody:nogroup "$data/tls.key"
chmod 0600 "$data/tls.key"
# What is durable is not tested here: a process is killed, never the machine. And a database is dropped, by a role that may not end
# autovacuum's work in it.
cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '$address'
port = $port
ssl = on
ssl_cert_file = '$dir/ca.crt'
ssl_key_file = 'tls.key'
unix_socket_directories = '$dir/server'
fsync = off
full_page_writes = off
autovacuum = off
max_connections = 100
shared_buffers = 32MB
max_wal_size = 256MB
jit = off
log_min_error_statement = panic
CONF
if [[ -d $dir/small ]]; then
  small_disk="CREATE TABLESPACE small_disk OWNER causeway LOCATION '$dir/small'"
  export CAUSEWAY_TEST_SMALL_TABLESPACE=small_disk
fi
password=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" >"$dir/password"
# One statement a line, before anybody can connect.
server "$bin/postgres" --single -D "$data" -c exit_on_error=true postgres >>"$dir/log" 2>&1 <<SQL || die "the roles could not be made"
CREATE ROLE causeway LOGIN CREATEDB
CREATE ROLE causeway_password LOGIN PASSWORD '$password'
CREATE DATABASE causeway OWNER causeway
${small_disk:-}
SQL

# Starts the server again whenever it ends, until told to stop.
keep_server() {
  local child=''
  # Immediate shutdown: nobody needs the data any more.
  trap '[[ -z $child ]] || { kill -QUIT "$child" 2>/dev/null && wait "$child"; }; exit 0' TERM
  cd "$dir/server"
  while true; do
    "${as_server[@]}" "$bin/postgres" -D "$data" >>"$dir/log" 2>&1 &
    child=$!
    echo "$child" >"$dir/pid.new" && mv "$dir/pid.new" "$dir/pid"
    { wait "$child"; } 2>/dev/null || true  # says that it was killed
    while [[ -e $dir/hold ]]; do sleep 0.05; done
    sleep 0.05
  done
}

ready() { [[ -e $dir/pid ]] && grep -q '^ready' "$data/postmaster.pid" 2>/dev/null; }
keep_server &
keeper_pid=$!
for attempt in $(seq 600); do
  ready && break
  [[ $attempt -lt 600 ]] || die "the server is not ready after 60 s"
  sleep 0.1
done

export CAUSEWAY_TEST_DATABASE="postgresql://causeway@/causeway?host=$dir/server&port=$port"
export CAUSEWAY_TEST_DATABASE_TLS="postgresql://causeway@postgresql/causeway?hostaddr=$address&port=$port"
export CAUSEWAY_TEST_DATABASE_CA=$dir/ca.crt
export CAUSEWAY_TEST_DATABASE_PIDFILE=$dir/pid CAUSEWAY_TEST_DATABASE_HOLD=$dir/hold
export CAUSEWAY_TEST_POSTGRESQL_BIN=$bin
export CAUSEWAY_TEST_DATABASE_PASSWORD=$dir/password CAUSEWAY_TEST_DATABASE_LOG=$dir/log
export TMPDIR=$dir/tmp  # what a killed process could not remove goes with it
code=0
"$@" || code=$?
exit "$code"

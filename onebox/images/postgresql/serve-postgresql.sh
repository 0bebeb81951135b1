#!/bin/bash
# Process 1 of the container: makes the database the first time, sets the password that the Secret has now, and becomes
# PostgreSQL. A password is read from a file and given to PostgreSQL on standard input; no list of processes and no log
# shows it.
#   serve-postgresql [postgres ARGUMENT…]
set -euo pipefail
data=${POSTGRES_DATA_FOLDER:-/var/lib/postgresql}/data
run=${POSTGRES_RUN_FOLDER:-/run/postgresql}
database=${POSTGRES_DATABASE:-causeway}
password_file=${POSTGRES_PASSWORD_FILE:-/etc/postgresql-credentials/password}
tls=${POSTGRES_TLS_FOLDER:-/etc/postgresql-tls}
# Where this file is, clients prove who they are by a certificate of that authority, and by nothing else. The names that are let in:
client_ca=$tls/client-ca.crt
clients=${POSTGRES_CLIENTS:-$database}

fail() { printf 'serve-postgresql: %s\n' "$@" >&2; exit 1; }

[[ $database =~ ^[a-z_][a-z0-9_]*$ ]] || fail "POSTGRES_DATABASE is \"$database\": lower-case letters, digits and _ are wanted"
password=''
if [ -e "$client_ca" ]; then
  [ -e "$tls/tls.crt" ] || fail "$client_ca is there, and $tls/tls.crt is not: clients bring certificates to a server that has one"
  [[ $clients =~ ^[a-z0-9.-]+(\ [a-z0-9.-]+)*$ ]] || fail "POSTGRES_CLIENTS is \"$clients\": names of certificates are wanted, with a space between them"
else
  [ -r "$password_file" ] || fail "cannot read $password_file: the Secret postgresql-credentials has to have the key \"password\""
  password=$(<"$password_file")
  [ -n "$password" ] || fail "$password_file is empty: the Secret postgresql-credentials has an empty \"password\""
  [[ $password != *$'\n'* ]] || fail "$password_file has several lines: a password of one line is wanted"
fi

# One statement a line, by the program itself: nobody can connect meanwhile. What fails must not be logged with its text.
statements() { # statements FOLDER DATABASE
  postgres --single -D "$1" -c log_min_error_statement=panic -c exit_on_error=true "$2" >/dev/null
}

version=$(postgres --version | grep -oE '[0-9]+' | head -n 1)
if [ ! -e "$data" ]; then
  # Under its name in one step: a pod that ends half-way begins again.
  rm -rf "$data.new"
  initdb -D "$data.new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --data-checksums --auth-local=peer \
    --auth-host=scram-sha-256 >/dev/null
  printf 'host all all all scram-sha-256\n' >>"$data.new/pg_hba.conf"
  printf '%s\n' "CREATE ROLE $database LOGIN" "CREATE DATABASE $database OWNER $database" | statements "$data.new" postgres
  sync -f "$data.new"
  mv -T "$data.new" "$data"
fi
chmod 0700 "$data" # the volume's group may have been given rights, which PostgreSQL refuses
there=$(<"$data/PG_VERSION")
[ "$there" = "$version" ] || fail "the volume holds data of PostgreSQL $there, and this is $version" \
  "dump it with an image of PostgreSQL $there and restore it here, or use pg_upgrade"

# Of a container that was killed: it names process 1, which is there again. A StatefulSet never has two pods of one name, so
# nobody else is at work on the volume.
rm -f "$data/postmaster.pid"
if [ -n "$password" ]; then
  printf "ALTER ROLE %s PASSWORD '%s'\n" "$database" "${password//\'/\'\'}"
else
  printf 'ALTER ROLE %s PASSWORD NULL\n' "$database" # of a time when there was one
fi | statements "$data" postgres

# With a certificate, nobody comes over the network without TLS.
encrypted=()
if [ -e "$tls/tls.crt" ]; then
  [ -r "$tls/tls.key" ] || fail "cannot read $tls/tls.key: the Secret postgresql-tls has to have the keys tls.crt and tls.key"
  proof='hostssl all all all scram-sha-256'
  encrypted=(-c ssl=on -c ssl_cert_file="$tls/tls.crt" -c ssl_key_file="$tls/tls.key" -c ssl_min_protocol_version=TLSv1.2
    -c hba_file="$run/pg_hba.conf")
  if [ -e "$client_ca" ]; then
    proof="hostssl all $database all cert map=clients"
    for client in $clients; do printf 'clients "%s" %s\n' "$client" "$database"; done >"$run/pg_ident.conf"
    encrypted+=(-c ssl_ca_file="$client_ca" -c ident_file="$run/pg_ident.conf")
  fi
  printf '%s\n' 'local all all peer' "$proof" >"$run/pg_hba.conf"
fi
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories="$run" "${encrypted[@]}" "$@"

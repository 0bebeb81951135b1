# shellcheck shell=bash
# Programs of the distribution's packages without installing these: that would start services.

# unpacked NAME PACKAGE…: the folder build/NAME with what is in the packages.
unpacked() {
  local folder=$CAUSEWAY_ROOT/build/$1 package
  shift
  mkdir -p "$CAUSEWAY_ROOT/build"
  (
    flock "$lock" # parts of the tests run side by side
    [ ! -e "$folder/complete" ] || exit 0
    rm -rf "$folder"
    mkdir -p "$folder"
    cd "$folder" && apt-get download -qq "$@" || exit
    for package in ./*.deb; do dpkg-deb -x "$package" . && rm "$package" || exit; done
    touch complete
  ) {lock}>"$folder.lock" >&2 || return 1
  printf '%s' "$folder"
}

# unpacked_in PATH NAME PACKAGE…: what is at that path in it.
unpacked_in() {
  local folder path=$1
  shift
  folder=$(unpacked "$@") || return
  printf '%s/%s' "$folder" "$path"
}

promtool_program() { command -v promtool || unpacked_in usr/bin/promtool prometheus prometheus; }

# What the distribution installed, or else its package.
postgresql_programs() {
  local programs package
  programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sed '/\*/d' | sort -V | tail -n 1)
  if [ -z "$programs" ]; then
    package=$(apt-cache depends postgresql | sed -n 's/^ *Depends: \(postgresql-[0-9]*\)$/\1/p')
    programs=$(unpacked_in "usr/lib/postgresql/${package#postgresql-}/bin/postgres" postgresql "$package") || return
  fi
  dirname "$programs"
}

# The folder of git-lfs, which changes the machine's git when it is installed.
git_lfs_folder() {
  if command -v git-lfs >/dev/null; then dirname "$(command -v git-lfs)"; else unpacked_in usr/bin git-lfs git-lfs; fi
}

nginx_program() { PATH=$PATH:/usr/sbin command -v nginx || unpacked_in usr/sbin/nginx nginx nginx; }

redis_program() { command -v redis-server || unpacked_in usr/bin/redis-server redis redis-server redis-tools liblzf1 libjemalloc2; }

clamd_program() { PATH=$PATH:/usr/sbin command -v clamd || unpacked_in usr/sbin/clamd clamd clamav-daemon libclamav12 libmspack0; }

# The libraries of the mail server that tests start (tests/integration/web/mail_server): a PYTHONPATH.
mail_server_libraries() { unpacked_in usr/lib/python3/dist-packages mail-server python3-aiosmtpd python3-public python3-attr; }

# With what sends over TLS; Debian's installed one may lack that.
rsyslog_program() { unpacked_in usr/sbin/rsyslogd rsyslog rsyslog rsyslog-gnutls libestr0 libfastjson4 liblognorm5; }

# with_postgresql COMMAND…: with a server for it.
with_postgresql() {
  local programs lfs
  programs=$(postgresql_programs) || return
  lfs=$(git_lfs_folder) || return
  CAUSEWAY_POSTGRESQL_BIN=$programs PATH=$PATH:$lfs "$CAUSEWAY_ROOT/tests/integration/postgresql.sh" "$@"
}

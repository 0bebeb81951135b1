#pragma once
// Where the database is, as whom, and what every session there is told.

#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::api::database {

struct ConnectionSettings {
  // --database. What libpq takes: postgresql://user@host:5432/name?sslmode=verify-full&sslrootcert=/etc/…/ca.crt, or
  // "host=… dbname=…". Several hosts, TLS and Kerberos are libpq's own. It may be logged, so it holds no password.
  std::string url;
  // --database-password-file. Read again for each new connection, so that a rotated password needs no restart; one
  // newline at its end is not part of the password. Empty: none is sent (a socket's peer, a client certificate).
  std::filesystem::path password_file;
  std::string application_name = "causeway-apiserver";

  base::Duration connect_timeout = std::chrono::seconds(5);     // of each host; libpq's least is 2 s
  base::Duration statement_timeout = std::chrono::seconds(10);  // 0: none
  base::Duration lock_timeout = std::chrono::seconds(5);        // 0: none
  base::Duration idle_in_transaction_timeout = std::chrono::seconds(10);
  // Outside of a transaction that says READ WRITE, a statement that writes is refused.
  bool read_only_by_default = true;
};

// What libpq connects with, the password in it: never to be logged. Fails when the URL cannot be read, when it holds a
// password, or when the password file cannot be read.
base::Result<std::string> connection_string(const ConnectionSettings& settings);

// The URL's parts that tell where and as whom ("host=db user=causeway dbname=causeway"), for logs.
base::Result<std::string> describe(const ConnectionSettings& settings);

}  // namespace causeway::api::database

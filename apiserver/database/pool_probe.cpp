#include "apiserver/database/pool_probe.hpp"

#include <string>
#include <vector>

namespace causeway::api::database {
namespace {

const std::vector<double> kSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

}  // namespace

PoolProbe::PoolProbe(base::MetricsRegistry& registry)
    : open(registry.gauge("causeway_database_connections", "Open connections to the database.")),
      in_use(registry.gauge("causeway_database_connections_in_use", "Connections that a transaction is on.")),
      waiting(registry.gauge("causeway_database_waiting", "Transactions that wait for a connection.")),
      wait_seconds(registry.histogram("causeway_database_wait_seconds",
                                      "How long transactions waited for a connection, opening one included.",
                                      kSeconds)),
      read_seconds(registry.histogram("causeway_database_transaction_seconds", "How long transactions took.", kSeconds,
                                      {{"access", "read"}})),
      write_seconds(registry.histogram("causeway_database_transaction_seconds", "How long transactions took.", kSeconds,
                                       {{"access", "write"}})),
      reads(registry.counter("causeway_database_transactions_total", "Transactions that ended well.",
                             {{"access", "read"}})),
      writes(registry.counter("causeway_database_transactions_total", "Transactions that ended well.",
                              {{"access", "write"}})),
      conflict_retries(registry.counter("causeway_database_retries_total", "Transactions that were begun again.",
                                        {{"reason", "conflict"}})),
      connection_retries(registry.counter("causeway_database_retries_total", "Transactions that were begun again.",
                                          {{"reason", "connection"}})),
      aborted(registry.counter("causeway_database_aborted_total",
                               "Connections closed because a transaction took longer than allowed.")) {
  for (const auto kind : {ErrorKind::kUnique, ErrorKind::kForeignKey, ErrorKind::kCheck, ErrorKind::kNotNull,
                          ErrorKind::kInvalid, ErrorKind::kConflict, ErrorKind::kTimeout, ErrorKind::kUnavailable,
                          ErrorKind::kUnknownOutcome, ErrorKind::kOther}) {
    errors[kind] = &registry.counter("causeway_database_errors_total", "Transactions that failed, by kind of error.",
                                     {{"kind", std::string(to_string(kind))}});
  }
}

}  // namespace causeway::api::database

#pragma once
// TLS settings from PEM text: contexts, and client sessions that verify the name. No I/O but the system's trust store.
// TLS 1.2 and 1.3, HTTP/1.1 by ALPN, no session resumption. For http_client.cpp and http_server.cpp.

#include <memory>
#include <string>

#include "base/http_client.hpp"
#include "base/http_server.hpp"
#include "base/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace causeway::base {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

struct TlsSessionFree {
  void operator()(ssl_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_st, TlsSessionFree>;

// kInvalidArgument: what in the PEM text is wrong.
Result<TlsContext> make_client_context(const TlsClientOptions& options);
Result<TlsContext> make_server_context(const TlsServerOptions& options);

// `name` is a DNS name (also sent as SNI) or an IP address; it must be among the certificate's alternative names.
Result<TlsSession> client_session(const TlsContext& context, const std::string& name, bool verify);
Result<TlsSession> server_session(const TlsContext& context);

// Why the peer's certificate was refused, or empty.
std::string verify_failure(const ssl_st* session);

}  // namespace causeway::base

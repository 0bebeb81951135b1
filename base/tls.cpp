#include "base/tls.hpp"

#include <arpa/inet.h>

#include "base/openssl_ptr.hpp"

namespace causeway::base {
namespace {

Error invalid(std::string_view what) {
  return Error{ErrorCode::kInvalidArgument, "TLS: " + std::string(what) + ": " + openssl_error()};
}

int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<TlsContext> begin_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) return invalid("cannot make a context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Tickets would be sent after the handshake, where a peer that only writes and closes never reads them.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

// The leaf first, then the authorities between it and the root.
Result<void> use_certificate(SSL_CTX* context, const std::string& cert_pem, const std::string& key_pem) {
  const BioPtr bio = read_bio(cert_pem);
  const CertPtr leaf(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return invalid("the certificate cannot be used");
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, next) != 1) {
      X509_free(next);
      return invalid("the certificate's chain cannot be used");
    }
  }
  ERR_clear_error();  // the end of the text ends the loop with an error
  const KeyPtr key(PEM_read_bio_PrivateKey(read_bio(key_pem).get(), nullptr, no_passphrase, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) return invalid("the private key cannot be used");
  if (SSL_CTX_check_private_key(context) != 1) return invalid("the private key does not belong to the certificate");
  return {};
}

Result<void> trust(SSL_CTX* context, const std::string& ca_pem) {
  if (ca_pem.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return invalid("the system's trust store cannot be read");
    return {};
  }
  const BioPtr bio = read_bio(ca_pem);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  int count = 0;
  while (true) {
    const CertPtr authority(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!authority) break;
    if (X509_STORE_add_cert(store, authority.get()) != 1) return invalid("an authority cannot be used");
    ++count;
  }
  if (count == 0) return invalid("no certificate among the authorities (expected -----BEGIN CERTIFICATE-----)");
  ERR_clear_error();
  return {};
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned int in_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

bool is_address(const std::string& name) {
  unsigned char ignored[16];
  return ::inet_pton(AF_INET, name.c_str(), ignored) == 1 || ::inet_pton(AF_INET6, name.c_str(), ignored) == 1;
}

}  // namespace

void TlsSessionFree::operator()(ssl_st* session) const {
  SSL_free(session);
}

Result<TlsContext> make_client_context(const TlsClientOptions& options) {
  auto context = begin_context(TLS_client_method());
  if (!context) return context;
  if (!options.insecure_skip_verify) {
    if (auto trusted = trust(context->get(), options.ca_pem); !trusted) return trusted.error();
  }
  if (options.cert_pem.empty() != options.key_pem.empty()) {
    return Error{ErrorCode::kInvalidArgument, "TLS: a client certificate needs both the certificate and its key"};
  }
  if (!options.cert_pem.empty()) {
    if (auto used = use_certificate(context->get(), options.cert_pem, options.key_pem); !used) return used.error();
  }
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context->get(), kProtocols, sizeof kProtocols - 1);
  return context;
}

Result<TlsContext> make_server_context(const TlsServerOptions& options) {
  auto context = begin_context(TLS_server_method());
  if (!context) return context;
  if (auto used = use_certificate(context->get(), options.cert_pem, options.key_pem); !used) return used.error();
  SSL_CTX_set_options(context->get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(context->get(), choose_protocol, nullptr);
  return context;
}

Result<TlsSession> client_session(const TlsContext& context, const std::string& name, bool verify) {
  TlsSession session(SSL_new(context.get()));
  if (!session) return invalid("cannot begin a session");
  const bool address = is_address(name);
  // RFC 6066, 3: SNI holds names only.
  // SSL_set_tlsext_host_name without its old-style cast.
  if (!address && SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                           const_cast<char*>(name.c_str())) != 1) {
    return invalid("\"" + name + "\" cannot be sent as server name");
  }
  if (!verify) {
    SSL_set_verify(session.get(), SSL_VERIFY_NONE, nullptr);
    return session;
  }
  SSL_set_verify(session.get(), SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM* parameters = SSL_get0_param(session.get());
  X509_VERIFY_PARAM_set_hostflags(parameters,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const int set = address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str())
                          : X509_VERIFY_PARAM_set1_host(parameters, name.data(), name.size());
  if (set != 1) return invalid("\"" + name + "\" cannot be verified");
  return session;
}

Result<TlsSession> server_session(const TlsContext& context) {
  TlsSession session(SSL_new(context.get()));
  if (!session) return invalid("cannot begin a session");
  return session;
}

std::string verify_failure(const ssl_st* session) {
  const long result = SSL_get_verify_result(session);
  return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

}  // namespace causeway::base

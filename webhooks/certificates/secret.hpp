#pragma once
// The Secret that all replicas share, as values and back. Pure.
//
//   ca.crt, ca.key   the authority that signs
//   previous.crt     certificates of those before it that are trusted still, one after the other
//   made-at          RFC 3339, of ca.crt

#include "kube/core/object.hpp"
#include "webhooks/certificates/plan.hpp"

namespace causeway::webhooks::certificates {

// kNotFound: it is empty (as the manifest makes it); kInvalidArgument: what is in it cannot be used, and why.
base::Result<Authorities> read_secret(const kube::Object& secret);
// `secret` with the content replaced; everything else, resourceVersion too, as it was.
kube::Object write_secret(kube::Object secret, const Authorities& authorities);

}  // namespace causeway::webhooks::certificates

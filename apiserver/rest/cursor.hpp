#pragma once
// Cursors: where a page of a list ended, opaque to clients and forgery-proof.
//
// A cursor holds the sort values of the last item (a keyset, so that pages neither skip nor repeat while rows come and
// go) under an HMAC that also covers which list it belongs to: one of another list, with another filter, or a made-up
// one does not open. Not encrypted: no secrets go in. Thread-safe.

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::api::rest {

class CursorSealer {
 public:
  // `secret`: at least 32 bytes, the same in every replica. Shorter: std::invalid_argument.
  explicit CursorSealer(std::string_view secret);

  // `list` names the list with everything that decides what is in it and in which order.
  std::string seal(std::string_view list, const boost::json::array& position) const;
  // nullopt: not a cursor of this list.
  std::optional<boost::json::array> open(std::string_view list, std::string_view cursor) const;

 private:
  std::string tag(std::string_view list, std::string_view payload) const;
  std::string key_;
};

}  // namespace causeway::api::rest

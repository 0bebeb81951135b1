#include "kube/client/object_stream.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <vector>

namespace causeway::kube {

namespace {

// CRDs nest deeply: a JSON schema of a pod template is about 40 levels. Boost.JSON's own limit is 32.
constexpr std::size_t kMaxDepth = 256;

// SAX events in; depth 1 is the document's own object. Everything from `kept_depth_` on goes to the value stack, of
// what is outside only the few strings that are asked for.
class Handler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using error_code = boost::system::error_code;
  using string_view = json::string_view;

  Handler(ObjectStreamOptions options, ObjectStream::OnObject on_object)
      : options_(options), on_object_(std::move(on_object)) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) {
    ++depth_;
    if (skipping_) return true;
    if (kept_depth_ == 0 && starts_object()) {
      kept_depth_ = depth_;
      stack_.reset();
    }
    if (kept_depth_ != 0) left_out_.push_back(0);
    if (kept_depth_ != 0 && depth_ == kept_depth_ + 1) in_metadata_ = key_ == "metadata";
    if (kept_depth_ == 0 && depth_ == 2) outer_metadata_ = key_ == "metadata";
    return true;
  }
  bool on_object_end(std::size_t n, error_code&) {
    --depth_;
    if (leave_skipped()) return true;
    if (kept_depth_ == 0) {
      if (depth_ == 1) outer_metadata_ = false;
      return true;
    }
    stack_.push_object(n - left_out_.back());
    left_out_.pop_back();
    if (depth_ == kept_depth_) in_metadata_ = false;
    if (depth_ + 1 == kept_depth_) {
      kept_depth_ = 0;
      json::value value = stack_.release();
      on_object_(std::move(value.as_object()));
    }
    return true;
  }
  bool on_array_begin(error_code& ec) {
    ++depth_;
    if (skipping_) return true;
    if (kept_depth_ == 0) {
      if (depth_ == 1 || among_items(3)) return refuse(ec);
      if (depth_ == 2) in_items_ = options_.shape == ObjectStreamOptions::Shape::kList && key_ == "items";
    }
    return true;
  }
  bool on_array_end(std::size_t n, error_code&) {
    --depth_;
    if (leave_skipped()) return true;
    if (kept_depth_ != 0) stack_.push_array(n);
    if (kept_depth_ == 0 && depth_ == 1) in_items_ = false;
    return true;
  }

  bool on_key_part(string_view s, std::size_t, error_code&) {
    partial_key_.append(s.data(), s.size());
    return true;
  }
  bool on_key(string_view s, std::size_t, error_code&) {
    if (skipping_) {
      partial_key_.clear();
      return true;
    }
    if (partial_key_.empty()) {
      key_.assign(s.data(), s.size());
    } else {
      key_ = std::move(partial_key_);
      partial_key_.clear();
      key_.append(s.data(), s.size());
    }
    if (kept_depth_ == 0) return true;
    if (!options_.managed_fields && in_metadata_ && depth_ == kept_depth_ + 1 && key_ == "managedFields") {
      skipping_ = true;
      skip_depth_ = depth_;
      ++left_out_.back();
      return true;
    }
    stack_.push_key(key_);
    return true;
  }
  bool on_string_part(string_view s, std::size_t, error_code&) {
    if (skipping_) return true;
    if (kept_depth_ != 0) {
      stack_.push_chars(s);
    } else {
      outer_string_.append(s.data(), s.size());
    }
    return true;
  }
  bool on_string(string_view s, std::size_t, error_code& ec) {
    if (leave_skipped()) return true;
    if (kept_depth_ == 0 && among_items(2)) return refuse(ec);
    if (kept_depth_ != 0) {
      stack_.push_string(s);
      return true;
    }
    outer_string_.append(s.data(), s.size());
    keep_outer_string();
    outer_string_.clear();
    return true;
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t v, string_view, error_code& ec) {
    return scalar(ec, [&] { stack_.push_int64(v); });
  }
  bool on_uint64(std::uint64_t v, string_view, error_code& ec) {
    return scalar(ec, [&] { stack_.push_uint64(v); });
  }
  bool on_double(double v, string_view, error_code& ec) {
    return scalar(ec, [&] { stack_.push_double(v); });
  }
  bool on_bool(bool v, error_code& ec) {
    return scalar(ec, [&] { stack_.push_bool(v); });
  }
  bool on_null(error_code& ec) {
    return scalar(ec, [&] { stack_.push_null(); });
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

  std::string type_, resource_version_, continue_;

 private:
  bool starts_object() const {
    if (options_.shape == ObjectStreamOptions::Shape::kEvent) return depth_ == 2 && key_ == "object";
    return depth_ == 3 && in_items_;
  }
  // Where an item stands; one that is no object must not pass as none.
  bool among_items(std::size_t depth) const { return in_items_ && depth_ == depth; }
  bool refuse(error_code& ec) {
    ec = json::error::not_object;
    return false;
  }
  template <class Push>
  bool scalar(error_code& ec, Push push) {
    if (depth_ == 0) return refuse(ec);
    if (leave_skipped()) return true;
    if (kept_depth_ == 0 && among_items(2)) return refuse(ec);
    if (kept_depth_ != 0) push();
    return true;
  }
  // After a value: was it (a part of) the one that is left out?
  bool leave_skipped() {
    if (!skipping_) return false;
    if (depth_ == skip_depth_) skipping_ = false;
    return true;
  }
  void keep_outer_string() {
    if (depth_ == 1 && key_ == "type") type_ = outer_string_;
    if (depth_ == 2 && outer_metadata_ && key_ == "resourceVersion") resource_version_ = outer_string_;
    if (depth_ == 2 && outer_metadata_ && key_ == "continue") continue_ = outer_string_;
  }

  ObjectStreamOptions options_;
  ObjectStream::OnObject on_object_;
  json::value_stack stack_;
  std::size_t depth_ = 0, kept_depth_ = 0, skip_depth_ = 0;
  bool skipping_ = false, in_metadata_ = false, in_items_ = false, outer_metadata_ = false;
  std::vector<std::size_t> left_out_;  // members dropped, for each open object
  std::string key_, partial_key_, outer_string_;
};

json::parse_options parse_options() {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  return options;
}

base::Error not_json(const std::string& why) {
  return {base::ErrorCode::kProtocol, "the server sent what is not a Kubernetes answer: " + why};
}

}  // namespace

struct ObjectStream::Impl {
  Impl(ObjectStreamOptions options, OnObject on_object) : parser(parse_options(), options, std::move(on_object)) {}
  json::basic_parser<Handler> parser;
};

ObjectStream::ObjectStream(ObjectStreamOptions options, OnObject on_object)
    : impl_(std::make_unique<Impl>(options, std::move(on_object))) {}
ObjectStream::~ObjectStream() = default;

base::Result<void> ObjectStream::feed(std::string_view piece) {
  while (!piece.empty()) {
    boost::system::error_code ec;
    const auto used = impl_->parser.write_some(true, piece.data(), piece.size(), ec);
    if (ec) return not_json(ec.message());
    piece.remove_prefix(used);
    if (impl_->parser.done() && !piece.empty()) {
      if (piece.find_first_not_of(" \t\r\n") != std::string_view::npos) return not_json("more after its end");
      return {};
    }
  }
  return {};
}

base::Result<void> ObjectStream::finish() {
  if (impl_->parser.done()) return {};
  boost::system::error_code ec;
  impl_->parser.write_some(false, "", 0, ec);
  if (ec || !impl_->parser.done()) return not_json("it ends too early");
  return {};
}

const std::string& ObjectStream::type() const {
  return impl_->parser.handler().type_;
}
const std::string& ObjectStream::resource_version() const {
  return impl_->parser.handler().resource_version_;
}
const std::string& ObjectStream::continue_token() const {
  return impl_->parser.handler().continue_;
}

}  // namespace causeway::kube

#pragma once
// Result<T>: the outcome of an operation whose failure the caller is expected to handle.
//
// Across module borders expected failure is a Result; exceptions are for what the caller cannot handle (a broken
// invariant, out of memory). A Result is never both.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace causeway::base {

// What a caller can decide on. The text is for people.
enum class ErrorCode {
  kInvalidArgument,  // the input is wrong; retrying the same call cannot help
  kNotFound,
  kAlreadyExists,
  kPermission,
  kIo,           // file system, pipe or socket failed
  kConnect,      // no connection was established: nothing was sent, always safe to retry
  kProtocol,     // the peer sent something that is not what it should be
  kTimeout,      // a deadline of ours passed
  kCancelled,    // a stop token was triggered
  kUnavailable,  // a dependency is down; retry later
  kInternal,
};

std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  // "context: message", keeping the code.
  Error wrap(std::string_view context) const;
};

template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = E;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition: ok(). Violated: std::logic_error with the error's text.
  T& value() & {
    require();
    return std::get<0>(state_);
  }
  const T& value() const& {
    require();
    return std::get<0>(state_);
  }
  T&& value() && {
    require();
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Precondition: !ok().
  const E& error() const { return std::get<1>(state_); }

  T value_or(T fallback) const& { return ok() ? std::get<0>(state_) : std::move(fallback); }

 private:
  void require() const {
    if (!ok()) throw std::logic_error("Result::value() on an error: " + std::get<1>(state_).message);
  }
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  Result() = default;
  Result(E error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const E& error() const { return *error_; }

 private:
  std::optional<E> error_;
};

}  // namespace causeway::base

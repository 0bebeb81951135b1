#include "apiserver/git_host/error.hpp"

namespace causeway::api::git_host {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNoRepository:
      return "no-repository";
    case ErrorKind::kNoRevision:
      return "no-revision";
    case ErrorKind::kNoPath:
      return "no-path";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kTooLarge:
      return "too-large";
    case ErrorKind::kCorrupt:
      return "corrupt";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kCancelled:
      return "cancelled";
  }
  return "";
}

base::Error Error::to_base() const {
  switch (kind) {
    case ErrorKind::kNoRepository:
    case ErrorKind::kNoRevision:
    case ErrorKind::kNoPath:
      return {base::ErrorCode::kNotFound, message};
    case ErrorKind::kConflict:
      return {base::ErrorCode::kAlreadyExists, message};
    case ErrorKind::kInvalid:
    case ErrorKind::kTooLarge:
      return {base::ErrorCode::kInvalidArgument, message};
    case ErrorKind::kCorrupt:
      return {base::ErrorCode::kIo, message};
    case ErrorKind::kUnavailable:
      return {base::ErrorCode::kUnavailable, message};
    case ErrorKind::kCancelled:
      return {base::ErrorCode::kCancelled, message};
  }
  return {base::ErrorCode::kInternal, message};
}

}  // namespace causeway::api::git_host

#include "onebox/plan/records.hpp"

#include "base/files.hpp"

namespace causeway::onebox::detail {

base::Result<kube::json::value> load_json_value(const std::filesystem::path& path) {
  auto text = base::read_file(path);
  if (!text) return text.error();
  boost::system::error_code error;
  auto value = kube::json::parse(*text, error);
  if (error) return base::Error{base::ErrorCode::kProtocol, path.string() + " is not JSON: " + error.message()};
  return value;
}

base::Result<void> save_json_value(const std::filesystem::path& path, const kube::json::value& value, int mode) {
  return base::write_file_atomic(path, kube::json::serialize(value) + "\n", static_cast<mode_t>(mode));
}

}  // namespace causeway::onebox::detail

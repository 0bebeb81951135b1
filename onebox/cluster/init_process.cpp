#include "onebox/cluster/init_process.hpp"

#include "base/files.hpp"
#include "base/http_client.hpp"
#include "base/process.hpp"
#include "onebox/machine/process_id.hpp"
#include "onebox/machine/socket_path.hpp"
#include "onebox/plan/problem.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

base::Result<base::HttpResponse> call(const fs::path& socket, base::HttpRequest request) {
  auto path = SocketPath::of(socket);
  if (!path) return path.error();
  base::HttpClientOptions options;
  options.base_url = path->url();
  base::HttpClient client(std::move(options));
  return client.call(request, {.timeout = std::chrono::seconds(10), .stop = {}});
}

// Where this program is, for others to see in `ps`; /proc/self/exe works even when the file was replaced.
std::string own_program() {
  std::error_code error;
  const auto path = fs::read_symlink("/proc/self/exe", error);
  return !error && fs::exists(path, error) ? path.string() : "/proc/self/exe";
}

std::string last_line(const fs::path& log) {
  auto text = base::read_file(log).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

std::string describe_unready(const kube::json::object& status) {
  std::string text;
  const auto* components = kube::array_at(status, "components");
  for (const auto& item : components ? *components : kube::json::array{}) {
    const auto* c = item.if_object();
    if (!c || kube::bool_at(*c, "ready")) continue;
    text += (text.empty() ? "" : "; ") + std::string(kube::string_at(*c, "name")) + " is " +
            std::string(kube::string_at(*c, "state"));
    for (const char* why : {"waitingFor", "lastEnd"})
      if (auto detail = kube::string_at(*c, why); !detail.empty()) text += " (" + std::string(detail) + ")";
  }
  return text;
}

base::Result<void> InitProcess::start(const InitSpec& spec, const ConfigFiles& files) {
  std::error_code error;
  for (const auto& dir : {layout_.dir, layout_.logs(), layout_.config()}) {
    fs::create_directories(dir, error);
    if (error) return base::Error{base::ErrorCode::kIo, "cannot make " + dir.string() + ": " + error.message()};
  }
  for (const auto& [name, content] : files) {
    const fs::path path = layout_.config() / name;
    fs::create_directories(path.parent_path(), error);
    if (auto written = base::write_file_atomic(path, content, 0644); !written) return written.error();
  }
  fs::remove(layout_.process(), error);
  if (auto saved = save_json(layout_.spec(), spec); !saved) return saved.error();

  base::ProcessSpec process;
  process.argv = {own_program(), "init", "--spec", layout_.spec().string()};
  process.out = process.err = base::ProcessSpec::Stream::kFile;
  process.out_file = process.err_file = (layout_.logs() / "init.log").string();
  process.own_group = false;  // it makes a session of its own, which the leader of a group cannot
  auto launcher = base::Process::spawn(process);
  if (!launcher) return launcher.error();
  auto status = launcher->wait(std::chrono::seconds(30));
  if (!status) return status.error();
  if (!status->success())
    return base::Error{base::ErrorCode::kInternal,
                       "init of " + spec.name + " did not start (" + status->describe() + "): " + last_words()};
  if (!find())
    return base::Error{base::ErrorCode::kInternal, "init of " + spec.name + " ended at once: " + last_words()};
  return {};
}

bool InitProcess::find() {
  process_.reset();
  pid_ = 0;
  auto record = load_json<ProcessRecord>(layout_.process());
  if (!record) return false;
  auto process = open_process(*record);
  if (!process) return false;
  process_ = std::move(*process);
  pid_ = record->pid;
  return true;
}

bool InitProcess::running() {
  if (!process_) return false;
  if (!wait_gone(process_, base::Duration::zero())) return true;
  process_.reset();
  pid_ = 0;
  return false;
}

std::string InitProcess::last_words() const {
  return last_line(layout_.logs() / "init.log");
}

base::Result<void> InitProcess::end(base::Duration grace) {
  if (!running()) return {};
  if (auto ended = end_process(process_, grace); !ended) return ended.error();
  process_.reset();
  pid_ = 0;
  return {};
}

base::Result<kube::json::object> InitProcess::status() const {
  base::HttpRequest request;
  request.target = "/status";
  auto response = call(layout_.control(), request);
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response);
  boost::system::error_code error;
  auto value = kube::json::parse(response->body, error);
  if (error || !value.is_object())
    return base::Error{base::ErrorCode::kProtocol, "init answers what is not a JSON object"};
  return std::move(value.get_object());
}

base::Result<void> InitProcess::command(const std::string& component, const std::string& action) const {
  base::HttpRequest request;
  request.method = "POST";
  request.target = "/components/" + base::percent_encode(component);
  request.headers.set("Content-Type", "application/json");
  request.body = kube::json::serialize(kube::json::object{{"action", action}});
  auto response = call(layout_.control(), request);
  if (!response) return response.error();
  if (response->status >= 300) return error_of(*response);
  return {};
}

}  // namespace causeway::onebox

#include <fstream>
#include <optional>

#include "tests/integration/gateway/real_gateway.hpp"

namespace causeway::api {
namespace {

// API, BEHIND and FOLDER are replaced.
constexpr std::string_view kConfiguration = R"(
daemon off;
master_process off;
pid FOLDER/pid;
events {}
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  server {
    listen unix:FOLDER/socket;
    location / {
      auth_request /.causeway/annotate;
      include FOLDER/annotated.conf;
    }
    location /private/ {
      auth_request /.causeway/require;
      auth_request_set $causeway_sign_in $upstream_http_location;
      error_page 401 = @sign_in;
      include FOLDER/annotated.conf;
    }
    location @sign_in {
      internal;
      if ($causeway_sign_in) { return 303 $causeway_sign_in; }
      return 401;
    }
    location = /.causeway/annotate {
      internal;
      proxy_pass http://127.0.0.1:API/auth/forward?renew=true;
      include FOLDER/asked.conf;
    }
    location = /.causeway/require {
      internal;
      proxy_pass http://127.0.0.1:API/auth/forward?renew=true&mode=require;
      include FOLDER/asked.conf;
    }
  }
}
)";
constexpr std::string_view kAnnotated = R"(
auth_request_set $causeway_user $upstream_http_x_causeway_user;
auth_request_set $causeway_identity $upstream_http_x_causeway_identity;
auth_request_set $causeway_cookie $upstream_http_set_cookie;
add_header Set-Cookie $causeway_cookie;
proxy_set_header X-Causeway-User $causeway_user;
proxy_set_header X-Causeway-Identity $causeway_identity;
proxy_set_header Host $host;
proxy_pass http://127.0.0.1:BEHIND;
)";
constexpr std::string_view kAsked = R"(
proxy_pass_request_body off;
proxy_set_header Content-Length "";
proxy_set_header X-Causeway-User "";
proxy_set_header X-Causeway-Identity "";
proxy_set_header X-Forwarded-Method $request_method;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-Host $host;
proxy_set_header X-Forwarded-Uri $request_uri;
proxy_set_header X-Forwarded-For $remote_addr;
)";

class Nginx final : public RealGateway {
 public:
  Nginx(std::uint16_t api, std::uint16_t upstream) : api_(api), upstream_(upstream) {
    write("nginx.conf", kConfiguration);
    write("annotated.conf", kAnnotated);
    write("asked.conf", kAsked);
    const auto folder = folder_.path().string();
    process_.emplace(std::vector<std::string>{program_of("CAUSEWAY_NGINX", "nginx"), "-p", folder, "-c",
                                              folder + "/nginx.conf", "-e", folder + "/log"},
                     folder_.path() / "log", [this] { connect(); });
  }
  base::test::RawSocket connect() override {
    return base::test::RawSocket::connect_unix((folder_.path() / "socket").string());
  }

 private:
  void write(const std::string& name, std::string_view text) const {
    std::string out(text);
    const auto replace = [&](std::string_view word, const std::string& by) {
      for (std::size_t at = 0; (at = out.find(word, at)) != std::string::npos; at += by.size())
        out.replace(at, word.size(), by);
    };
    replace("API", std::to_string(api_));
    replace("BEHIND", std::to_string(upstream_));
    replace("FOLDER", folder_.path().string());
    std::ofstream(folder_.path() / name) << out;
  }

  const std::uint16_t api_, upstream_;
  const base::TemporaryDirectory folder_;
  std::optional<Started> process_;
};

}  // namespace

const RealGateway::Kind kNginx{
    "nginx",
    [] {
      return program_of("CAUSEWAY_NGINX", "nginx").empty()
                 ? std::string(
                       "there is no nginx: install it, or set CAUSEWAY_NGINX (./causeway test integration does)")
                 : "";
    },
    [](std::uint16_t api, std::uint16_t upstream) -> std::unique_ptr<RealGateway> {
      return std::make_unique<Nginx>(api, upstream);
    }};

}  // namespace causeway::api

#include "onebox/machine/network.hpp"

#include <filesystem>

#include "base/files.hpp"
#include "onebox/machine/command.hpp"
#include "onebox/machine/netns.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

const fs::path kLinks = "/sys/class/net";

bool link_exists(const std::string& name) {
  std::error_code error;
  return fs::exists(kLinks / name, error);
}

base::Result<void> commands(const std::vector<std::vector<std::string>>& all) {
  for (const auto& argv : all)
    if (auto done = command(argv); !done) return done.error();
  return {};
}

}  // namespace

base::Result<std::vector<Route>> machine_routes() {
  auto output = command({"ip", "-4", "route", "show", "table", "all"});
  if (!output) return output.error();
  return parse_routes(*output);
}

int egress_mtu() {
  auto route = command({"ip", "-4", "route", "show", "default"});
  if (!route) return 1500;
  auto at = route->find(" dev ");
  if (at == std::string::npos) return 1500;
  std::string device = route->substr(at + 5);
  device = device.substr(0, device.find(' '));
  auto text = base::read_file(kLinks / device / "mtu");
  int mtu = text ? std::atoi(text->c_str()) : 0;
  return mtu >= 576 && mtu <= 9000 ? mtu : 1500;
}

bool bridge_exists(const Names& names) {
  return link_exists(names.bridge());
}

base::Result<void> make_bridge(const Names& names, const Subnet& subnet, int mtu) {
  const std::string bridge = names.bridge();
  if (!link_exists(bridge))
    if (auto made = command({"ip", "link", "add", bridge, "type", "bridge"}); !made) return made.error();
  return commands({{"ip", "link", "set", bridge, "mtu", std::to_string(mtu), "address", names.hardware_address(1)},
                   {"ip", "addr", "replace", subnet.bridge_address() + "/24", "dev", bridge},
                   {"ip", "link", "set", bridge, "up"}});
}

std::string netns_path(const Names& names, std::string_view cluster) {
  return netns_file(names.netns(cluster));
}

bool cluster_network_exists(const Names& names, std::string_view cluster) {
  return netns_exists(names.netns(cluster));
}

void remove_cluster_network(const Names& names, std::string_view cluster, int host) {
  if (host != 0 && link_exists(names.link(host))) succeeds({"ip", "link", "del", names.link(host)});
  if (cluster_network_exists(names, cluster)) remove_netns(names.netns(cluster));
}

base::Result<void> make_cluster_network(const Names& names, const Subnet& subnet, std::string_view cluster, int host,
                                        int mtu) {
  remove_cluster_network(names, cluster, host);
  const std::string netns = names.netns(cluster), link = names.link(host), size = std::to_string(mtu);
  const std::vector<std::string> inside{"ip", "-n", netns};
  auto in = [&](std::vector<std::string> rest) {
    rest.insert(rest.begin(), inside.begin(), inside.end());
    return rest;
  };
  return commands({{"ip", "netns", "add", netns},
                   {"ip", "link", "add", link, "mtu", size, "type", "veth", "peer", "name", "eth0", "address",
                    names.hardware_address(host), "mtu", size, "netns", netns},
                   {"ip", "link", "set", link, "master", names.bridge(), "up"},
                   in({"link", "set", "lo", "up"}),
                   in({"addr", "add", subnet.host(host) + "/24", "dev", "eth0"}),
                   in({"link", "set", "eth0", "up"}),
                   in({"route", "add", "default", "via", subnet.bridge_address()})});
}

base::Result<void> set_cable(const Names& names, int host, bool connected) {
  auto done = command({"ip", "link", "set", names.link(host), connected ? "up" : "down"});
  return done ? base::Result<void>{} : base::Result<void>(done.error());
}

bool cable_connected(const Names& names, int host) {
  auto flags = base::read_file(kLinks / names.link(host) / "flags");
  return flags && (std::strtoul(flags->c_str(), nullptr, 16) & 1) != 0;  // IFF_UP
}

std::vector<std::string> remove_all_links(const Names& names) {
  std::vector<std::string> removed;
  std::error_code error;
  std::vector<std::string> links;
  for (const auto& entry : fs::directory_iterator(kLinks, error))
    if (entry.path().filename().string().starts_with(names.bridge())) links.push_back(entry.path().filename());
  for (const auto& name : links)
    if (succeeds({"ip", "link", "del", name})) removed.push_back("link " + name);
  for (const auto& name : netns_names(names.netns_prefix()))
    if (remove_netns(name)) removed.push_back("network namespace " + name);
  return removed;
}

}  // namespace causeway::onebox

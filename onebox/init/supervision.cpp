#include "onebox/init/supervision.hpp"

#include <algorithm>
#include <csignal>

namespace causeway::onebox {

base::Duration restart_delay(int failures) {
  if (failures <= 1) return base::Duration::zero();
  base::Duration delay = std::chrono::milliseconds(200);
  for (int i = 2; i < failures && delay < std::chrono::seconds(10); ++i) delay *= 2;
  return std::min<base::Duration>(delay, std::chrono::seconds(10));
}

Supervision::Supervision(std::vector<ComponentSpec> components) {
  for (auto& spec : components) {
    Component c;
    c.spec = std::move(spec);
    components_.push_back(std::move(c));
  }
}

Supervision::Component* Supervision::find(const std::string& name) {
  auto it = std::ranges::find_if(components_, [&](const Component& c) { return c.spec.name == name; });
  return it == components_.end() ? nullptr : &*it;
}

bool Supervision::may_start(const Component& c) const {
  return std::ranges::all_of(c.spec.after, [&](const std::string& name) {
    return std::ranges::none_of(components_,
                                [&](const Component& other) { return other.spec.name == name && !other.was_ready; });
  });
}

bool Supervision::needed_by_running(const Component& c) const {
  return std::ranges::any_of(components_, [&](const Component& other) {
    auto names = [&](const std::vector<std::string>& list) {
      return std::ranges::find(list, c.spec.name) != list.end();
    };
    return other.pid != 0 && (names(other.spec.after) || names(other.spec.uses));
  });
}

void Supervision::stop(Component& c, base::SteadyTime now, std::vector<Action>& actions) {
  c.state = ComponentState::Stopping;
  c.draining = false;
  c.since = now;
  c.due = now + std::chrono::seconds(c.spec.stop_seconds);
  actions.push_back({Action::Kind::kSignal, c.spec.name, SIGTERM, c.pid});
}

std::vector<Supervision::Action> Supervision::step(base::SteadyTime now) {
  std::vector<Action> actions;
  for (auto& c : components_) {
    if (c.pid == 0) {
      if (shutting_down_) {
        if (c.state != ComponentState::Stopped) c.since = now;
        c.state = ComponentState::Stopped;
        c.due.reset();
      } else if ((c.state == ComponentState::Waiting && may_start(c)) ||
                 (c.state == ComponentState::Backoff && c.due && *c.due <= now)) {
        c.state = ComponentState::Starting;
        c.since = now;
        c.due.reset();
        actions.push_back({Action::Kind::kStart, c.spec.name, 0, 0});
      }
    } else if (c.state == ComponentState::Stopping) {
      if (c.due && *c.due <= now) {
        c.due = now + std::chrono::seconds(1);
        actions.push_back({Action::Kind::kSignal, c.spec.name, SIGKILL, c.pid});
      }
    } else if (shutting_down_ && !needed_by_running(c)) {
      if (c.spec.drain_seconds > 0 && !c.draining) {
        c.draining = true;
        c.due = now + std::chrono::seconds(c.spec.drain_seconds);
        actions.push_back({Action::Kind::kDrain, c.spec.name, 0, c.pid});
      } else if (!c.draining || (c.due && *c.due <= now)) {
        stop(c, now, actions);
      }
    }
  }
  return actions;
}

std::optional<base::SteadyTime> Supervision::next_wakeup() const {
  std::optional<base::SteadyTime> next;
  for (const auto& c : components_)
    if (c.due && (!next || *c.due < *next)) next = c.due;
  return next;
}

void Supervision::started(const std::string& name, pid_t pid, base::SteadyTime now) {
  auto* c = find(name);
  if (!c) return;
  c->pid = pid;
  c->started = now;
  c->since = now;
  if (c->spec.ready.kind == ProbeKind::None) became_ready(name, pid, now);
}

void Supervision::ended(Component& c, const std::string& how, base::SteadyTime now, base::WallTime wall) {
  c.draining = false;
  const bool wanted_down = shutting_down_ || c.state == ComponentState::Stopping;
  c.failures = c.pid != 0 && now - c.started >= kStableRun ? 1 : c.failures + 1;
  c.pid = 0;
  c.last_end = how;
  c.last_end_at = wall;
  c.since = now;
  c.due.reset();
  if (wanted_down) {
    c.state = ComponentState::Stopped;
    return;
  }
  c.state = ComponentState::Backoff;
  c.restarts++;
  c.due = now + restart_delay(c.failures);
}

void Supervision::start_failed(const std::string& name, const std::string& why, base::SteadyTime now,
                               base::WallTime wall) {
  if (auto* c = find(name)) ended(*c, why, now, wall);
}

bool Supervision::exited(pid_t pid, const std::string& how, base::SteadyTime now, base::WallTime wall) {
  auto it = std::ranges::find_if(components_, [&](const Component& c) { return c.pid == pid; });
  if (it == components_.end()) return false;
  ended(*it, how, now, wall);
  return true;
}

void Supervision::became_ready(const std::string& name, pid_t pid, base::SteadyTime now) {
  auto* c = find(name);
  if (!c || c->pid != pid || c->state != ComponentState::Starting) return;
  c->state = ComponentState::Running;
  c->since = now;
  c->was_ready = true;
}

void Supervision::drained(base::SteadyTime now) {
  for (auto& c : components_)
    if (c.draining) c.due = now;
}

bool Supervision::draining() const {
  return std::ranges::any_of(components_, [](const Component& c) { return c.draining; });
}

base::Result<std::vector<Supervision::Action>> Supervision::command(const std::string& name, const std::string& action,
                                                                    base::SteadyTime now) {
  auto* c = find(name);
  if (!c) {
    std::string known;
    for (const auto& other : components_) known += (known.empty() ? "" : ", ") + other.spec.name;
    return base::Error{base::ErrorCode::kNotFound, "no component '" + name + "'; there are " + known};
  }
  std::vector<Action> actions;
  if (action == "kill") {
    if (c->pid == 0) return base::Error{base::ErrorCode::kUnavailable, name + " does not run now"};
    actions.push_back({Action::Kind::kSignal, name, SIGKILL, c->pid});
  } else if (action == "stop") {
    if (c->pid != 0 && c->state != ComponentState::Stopping) stop(*c, now, actions);
    if (c->pid == 0) {
      c->state = ComponentState::Stopped;
      c->since = now;
      c->due.reset();
    }
  } else if (action == "start") {
    if (c->pid == 0 && !shutting_down_) {
      c->state = ComponentState::Backoff;
      c->failures = 0;
      c->due = now;
    } else if (c->state == ComponentState::Stopping) {
      return base::Error{base::ErrorCode::kUnavailable, name + " is still stopping"};
    }
  } else {
    return base::Error{base::ErrorCode::kInvalidArgument, "no action '" + action + "'; there are kill, stop, start"};
  }
  return actions;
}

void Supervision::shut_down(base::SteadyTime) {
  shutting_down_ = true;
}

bool Supervision::finished() const {
  return shutting_down_ && std::ranges::all_of(components_, [](const Component& c) { return c.pid == 0; });
}

bool Supervision::ready() const {
  return std::ranges::all_of(components_, [](const Component& c) { return c.state == ComponentState::Running; });
}

}  // namespace causeway::onebox

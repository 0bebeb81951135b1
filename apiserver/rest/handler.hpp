#pragma once
// Handlers with their types: plain functions, turned into a route's Binding.
//
//   Outcome<Repository> show(Call& call, const Path<RepositoryPath>& path);
//   Outcome<Page<Repository>> list(Call& call, const Query<ListQuery>& query);
//   Outcome<Repository> create(Call& call, const Body<NewRepository>& body);
//   Outcome<void> remove(Call& call, const Path<RepositoryPath>& path);
//
// Path, Query and Body come in any order and number, each at most once; their types are described structs with rows.
// What arrives has been checked against the rows. An answer's type is a described struct or Raw.

#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "apiserver/rest/call.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::rest {

template <class T>
struct Path {
  T value;
  const T* operator->() const { return &value; }
};
template <class T>
struct Query {
  T value;
  const T* operator->() const { return &value; }
};
template <class T>
struct Body {
  T value;
  const T* operator->() const { return &value; }
};

// Bytes of the route's content type.
struct Raw {
  std::string bytes;
};

template <class T>
struct Answer {
  T value;
  int status = 0;           // 0: the route's
  base::Headers headers{};  // Location, Link, …
  std::string etag{};       // of routes that say `etag`
};
template <>
struct Answer<void> {
  int status = 0;
  base::Headers headers{};
  std::string etag{};
};

template <class T>
using Outcome = base::Result<Answer<T>, Problem>;

namespace binding {

template <class A>
struct Argument;  // an argument is a Path, a Query or a Body
template <class T>
struct Argument<Path<T>> {
  static constexpr json::value Inputs::*kPart = &Inputs::path;
  static constexpr TypeRef Binding::*kType = &Binding::path;
  using Value = T;
};
template <class T>
struct Argument<Query<T>> {
  static constexpr json::value Inputs::*kPart = &Inputs::query;
  static constexpr TypeRef Binding::*kType = &Binding::query;
  using Value = T;
};
template <class T>
struct Argument<Body<T>> {
  static constexpr json::value Inputs::*kPart = &Inputs::body;
  static constexpr TypeRef Binding::*kType = &Binding::body;
  using Value = T;
};

Problem undecodable(const kube::Error& error);

// The argument, or the problem why not: for what a schema cannot say, a number beyond its C++ type.
template <class A>
A take(const Inputs& inputs, std::optional<Problem>& problem) {
  auto decoded = kube::from_json<typename Argument<A>::Value>(inputs.*Argument<A>::kPart);
  if (decoded) return {std::move(*decoded)};
  if (!problem) problem = undecodable(decoded.error());
  return {};
}

template <class T>
Reply reply_of(Answer<T>&& answer) {
  Reply reply{answer.status, std::move(answer.headers), std::move(answer.etag), {}};
  if constexpr (std::same_as<T, Raw>) {
    reply.body = std::move(answer.value.bytes);
  } else if constexpr (!std::is_void_v<T>) {
    reply.body = json::serialize(kube::to_json(answer.value));
  }
  return reply;
}

template <class... A>
void declare(Binding& binding) {
  (..., (binding.*Argument<A>::kType = type_ref<typename Argument<A>::Value>()));
}

template <class F, class T, class... A>
Binding bind_answer(F handler) {
  Binding binding;
  declare<A...>(binding);
  if constexpr (std::same_as<T, Raw>) {
    binding.raw_answer = true;
  } else if constexpr (!std::is_void_v<T>) {
    binding.answer = type_ref<T>();
  }
  binding.reply = [handler = std::move(handler)](Call& call, const Inputs& inputs) -> base::Result<Reply, Problem> {
    std::optional<Problem> problem;
    const std::tuple<A...> arguments{take<A>(inputs, problem)...};
    if (problem) return *problem;
    Outcome<T> outcome = std::apply([&](const A&... a) { return handler(call, a...); }, arguments);
    if (!outcome) return outcome.error();
    return reply_of(std::move(outcome).value());
  };
  return binding;
}

template <class F, class... A>
Binding bind_stream(F handler) {
  Binding binding;
  declare<A...>(binding);
  binding.stream = [handler = std::move(handler)](Call& call, const Inputs& inputs) -> base::Result<void, Problem> {
    std::optional<Problem> problem;
    const std::tuple<A...> arguments{take<A>(inputs, problem)...};
    if (problem) return *problem;
    return std::apply([&](const A&... a) { return handler(call, a...); }, arguments);
  };
  return binding;
}

// Function pointers and lambdas by their signature.
template <class F, class R, class... A>
Binding bind(F handler, R (*)(Call&, A...)) {
  if constexpr (std::same_as<R, base::Result<void, Problem>>) {
    return bind_stream<F, std::remove_cvref_t<A>...>(std::move(handler));
  } else {
    return []<class T>(F f, const base::Result<Answer<T>, Problem>*) {
      return bind_answer<F, T, std::remove_cvref_t<A>...>(std::move(f));
    }(std::move(handler), static_cast<const R*>(nullptr));
  }
}

template <class M>
struct CallOperator;
template <class C, class R, class... A>
struct CallOperator<R (C::*)(A...) const> {
  using Pointer = R (*)(A...);
};

}  // namespace binding

// `handler`: a function, or a lambda (not mutable: it runs on many threads), that returns an Outcome.
template <class F>
Binding answers(F handler) {
  if constexpr (std::is_pointer_v<F>) {
    return binding::bind(handler, handler);
  } else {
    using Pointer = typename binding::CallOperator<decltype(&F::operator())>::Pointer;
    return binding::bind(std::move(handler), static_cast<Pointer>(nullptr));
  }
}

// One that returns Result<void, Problem> and answers Call::exchange() itself: git, blobs, server-sent events.
template <class F>
Binding streams(F handler) {
  return answers(std::move(handler));
}

}  // namespace causeway::api::rest

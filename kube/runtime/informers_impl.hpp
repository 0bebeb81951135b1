#pragma once
// Informer<T> over ErasedInformer: casts and decoding, nothing else. Included by informers.hpp.

#include <utility>

#include "kube/core/codec_text.hpp"

namespace causeway::kube {

namespace detail {

inline ObjectKey key_of_written(const Object& object) {
  return key_of(object);
}
inline std::string_view version_of_written(const Object& object) {
  return resource_version_of(object);
}
template <Resource T>
ObjectKey key_of_written(const T& object) {
  return object.metadata.key();
}
template <Resource T>
std::string_view version_of_written(const T& object) {
  return object.metadata.resource_version;
}

inline Result<AnyObject> keep(Object&& object) {
  return AnyObject(std::make_shared<const Object>(std::move(object)));
}
template <Resource T>
Result<AnyObject> decode_and_keep(Object&& object) {
  const json::value value(std::move(object));
  auto typed = decode<T>(value);
  if (!typed) return typed.error();
  return AnyObject(std::make_shared<const T>(std::move(*typed)));
}

template <Resource T>
std::optional<ErasedInformer::Decoded> read_and_keep(std::string_view text) {
  auto object = std::make_shared<T>();
  if (!from_text(text, *object)) return std::nullopt;
  return ErasedInformer::Decoded{.key = key_of_written(*object),
                                 .resource_version = std::string(version_of_written(*object)),
                                 .object = std::move(object)};
}

template <class T>
class TypedInformer final : public Informer<T> {
 public:
  using typename Informer<T>::Handler;
  using typename Informer<T>::IndexFunction;
  using typename Informer<T>::Pointer;

  explicit TypedInformer(ErasedInformer& erased) : erased_(erased) {}

  const ResourceType& type() const override { return erased_.type(); }
  bool synced() const override { return erased_.synced(); }
  Pointer get(const ObjectKey& key) const override { return cast(erased_.store().get(key)); }
  std::vector<Pointer> list(std::string_view ns) const override { return cast(erased_.store().list(ns)); }
  std::vector<Pointer> by_index(const std::string& index, const std::string& value) const override {
    return cast(erased_.store().by_index(index, value));
  }
  std::size_t size() const override { return erased_.store().size(); }
  void add_index(std::string name, IndexFunction f) override {
    erased_.store().add_index(std::move(name),
                              [f = std::move(f)](const void* object) { return f(*static_cast<const T*>(object)); });
  }
  void add_handler(Handler handler) override {
    erased_.add_handler([handler = std::move(handler)](const ObjectKey& key, const AnyObject& old,
                                                       const AnyObject& now) { handler(key, cast(old), cast(now)); });
  }
  void observe_write(const T& written) override {
    const auto key = key_of_written(written);
    const auto version = version_number(version_of_written(written));
    if (version == 0 || !erased_.covers(key)) return;
    erased_.store().overlay(key, {.object = std::make_shared<const T>(written), .version = version});
  }

 private:
  static Pointer cast(AnyObject object) { return std::static_pointer_cast<const T>(std::move(object)); }
  static std::vector<Pointer> cast(std::vector<AnyObject> objects) {
    std::vector<Pointer> out;
    out.reserve(objects.size());
    for (auto& object : objects) out.push_back(cast(std::move(object)));
    return out;
  }

  ErasedInformer& erased_;
};

template <class T>
Informer<T>& typed(ErasedInformer& erased) {
  if (!erased.typed) erased.typed = std::make_shared<TypedInformer<T>>(erased);
  return *std::static_pointer_cast<TypedInformer<T>>(erased.typed);
}

}  // namespace detail

template <Resource T>
Informer<T>& Informers::informer(InformerOptions options) {
  return detail::typed<T>(find_or_make(T::kResource, std::move(options), typeid(T),
                                       {detail::decode_and_keep<T>, detail::read_and_keep<T>}));
}

}  // namespace causeway::kube

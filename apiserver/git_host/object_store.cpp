#include "apiserver/git_host/object_store.hpp"

#include <cstring>
#include <git2/sys/odb_backend.h>
#include <memory>

#include "apiserver/git_host/loose_object.hpp"
#include "base/files.hpp"

namespace causeway::api::git_host {
namespace {

constexpr int kMaxAlternates = 5;  // that lead to each other, as in git
// Of libgit2's own: packs are asked before loose objects, ours before those of alternates.
constexpr int kLoosePriority = 1, kPackedPriority = 2;

// libgit2's own backend for loose objects, but for reading.
struct LooseBackend {
  git_odb_backend parent{};  // first: libgit2 knows this part only
  git_odb_backend* inner = nullptr;
  std::filesystem::path directory;

  static LooseBackend& of(git_odb_backend* backend) { return *reinterpret_cast<LooseBackend*>(backend); }
  std::filesystem::path file(const git_oid& id) const {
    const auto text = to_id(id);
    return directory / text.substr(0, 2) / text.substr(2);
  }
};

// Nothing is thrown through libgit2, which is C.
template <class Call>
int guarded(Call&& call) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    git_error_set_str(GIT_ERROR_ODB, thrown.what());
    return GIT_ERROR;
  }
}

int failed(const base::Error& error) {
  const bool absent = error.code == base::ErrorCode::kNotFound;
  git_error_set_str(GIT_ERROR_ODB, error.message.c_str());
  return absent ? GIT_ENOTFOUND : GIT_ERROR;
}

git_object_t type_of(const LooseHeader& header) {
  return git_object_string2type(header.type.c_str());
}

int read(void** data, std::size_t* size, git_object_t* type, git_odb_backend* backend, const git_oid* id) {
  return guarded([&] {
    auto& self = LooseBackend::of(backend);
    const auto object = read_loose_object(self.file(*id));
    if (!object) return failed(object.error());
    void* copy = git_odb_backend_data_alloc(backend, object->content.size() + 1);
    if (!copy) return static_cast<int>(GIT_ERROR);
    std::memcpy(copy, object->content.c_str(), object->content.size() + 1);
    *data = copy;
    *size = object->content.size();
    *type = type_of(object->header);
    return 0;
  });
}

int read_header(std::size_t* size, git_object_t* type, git_odb_backend* backend, const git_oid* id) {
  return guarded([&] {
    const auto header = read_loose_header(LooseBackend::of(backend).file(*id));
    if (!header) return failed(header.error());
    *size = header->size;
    *type = type_of(*header);
    return 0;
  });
}

int exists_prefix(git_oid* whole, git_odb_backend* backend, const git_oid* beginning, std::size_t length) {
  auto* inner = LooseBackend::of(backend).inner;
  return inner->exists_prefix(whole, inner, beginning, length);
}

int read_prefix(git_oid* whole, void** data, std::size_t* size, git_object_t* type, git_odb_backend* backend,
                const git_oid* beginning, std::size_t length) {
  const int code = exists_prefix(whole, backend, beginning, length);
  return code < 0 ? code : read(data, size, type, backend, whole);
}

// The rest is the inner one's.
template <auto Member>
struct Inner;
template <class... Arguments, int (*git_odb_backend::*Member)(git_odb_backend*, Arguments...)>
struct Inner<Member> {
  static int call(git_odb_backend* backend, Arguments... arguments) {
    auto* inner = LooseBackend::of(backend).inner;
    return (inner->*Member)(inner, arguments...);
  }
};

int write_stream(git_odb_stream** out, git_odb_backend* backend, git_object_size_t size, git_object_t type) {
  auto* inner = LooseBackend::of(backend).inner;
  return inner->writestream(out, inner, size, type);
}

void release(git_odb_backend* backend) {
  auto* self = &LooseBackend::of(backend);
  self->inner->free(self->inner);
  delete self;
}

Result<void> add_loose(git_odb* odb, const std::filesystem::path& directory, bool alternate) {
  auto self = std::make_unique<LooseBackend>();
  self->directory = directory;
  constexpr int kCompression = -1, kFsync = 1;
  if (const int code = git_odb_backend_loose(&self->inner, directory.c_str(), kCompression, kFsync, 0, 0); code < 0)
    return library_error(code, "opening the objects");
  git_odb_init_backend(&self->parent, GIT_ODB_BACKEND_VERSION);
  self->parent.read = read;
  self->parent.read_prefix = read_prefix;
  self->parent.read_header = read_header;
  self->parent.exists_prefix = exists_prefix;
  self->parent.write = Inner<&git_odb_backend::write>::call;
  self->parent.writestream = write_stream;
  self->parent.exists = Inner<&git_odb_backend::exists>::call;
  self->parent.foreach = Inner<&git_odb_backend::foreach>::call;
  self->parent.freshen = Inner<&git_odb_backend::freshen>::call;
  self->parent.free = release;
  self->inner->odb = odb;
  auto* backend = &self.release()->parent;
  const int code = alternate ? git_odb_add_alternate(odb, backend, kLoosePriority)
                             : git_odb_add_backend(odb, backend, kLoosePriority);
  if (code == 0) return {};
  release(backend);
  return library_error(code, "opening the objects");
}

Result<void> add_packed(git_odb* odb, const std::filesystem::path& directory, bool alternate) {
  git_odb_backend* backend = nullptr;
  int code = git_odb_backend_pack(&backend, directory.c_str());
  if (code < 0) return library_error(code, "opening the packs");
  code = alternate ? git_odb_add_alternate(odb, backend, kPackedPriority)
                   : git_odb_add_backend(odb, backend, kPackedPriority);
  if (code == 0) return {};
  backend->free(backend);
  return library_error(code, "opening the packs");
}

Result<void> add(git_odb* odb, const std::filesystem::path& directory, int depth) {
  if (depth > kMaxAlternates)
    return Error{ErrorKind::kCorrupt, "objects/info/alternates lead from one repository to another for too long"};
  if (auto added = add_loose(odb, directory, depth > 0); !added) return added;
  if (auto added = add_packed(odb, directory, depth > 0); !added) return added;
  const auto alternates = base::read_file(directory / "info/alternates");
  if (!alternates) {
    if (alternates.error().code == base::ErrorCode::kNotFound) return {};
    return Error{ErrorKind::kUnavailable, alternates.error().message};
  }
  std::string_view rest = *alternates;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::filesystem::path other(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (other.empty() || other.native().front() == '#') continue;
    if (auto added = add(odb, directory / other, depth + 1); !added) return added;
  }
  return {};
}

}  // namespace

Result<OdbPtr> open_objects(const std::filesystem::path& directory) {
  OdbPtr odb;
  if (const int code = own(odb, [](auto** out) { return git_odb_new(out); }); code < 0)
    return library_error(code, "opening the objects");
  if (auto added = add(odb.get(), directory, 0); !added) return added.error();
  return odb;
}

}  // namespace causeway::api::git_host

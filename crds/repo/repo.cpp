#include "crds/repo/repo.hpp"

#include "kube/core/codec_text.hpp"

template causeway::kube::Result<causeway::crds::Repo> causeway::kube::from_json<causeway::crds::Repo>(
    const causeway::kube::json::value&);
template bool causeway::kube::from_text(std::string_view, causeway::crds::Repo&);
template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Repo>(const causeway::crds::Repo&);
template causeway::kube::Object causeway::kube::encode<causeway::crds::Repo>(const causeway::crds::Repo&);

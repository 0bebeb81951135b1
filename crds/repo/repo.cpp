#include "crds/repo/repo.hpp"

template causeway::kube::Result<causeway::crds::Repo> causeway::kube::from_json<causeway::crds::Repo>(
    const causeway::kube::json::value&);
template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Repo>(const causeway::crds::Repo&);
template causeway::kube::Object causeway::kube::encode<causeway::crds::Repo>(const causeway::crds::Repo&);

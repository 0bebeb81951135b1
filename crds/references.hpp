#pragma once
// How one object names another.

#include <boost/describe.hpp>
#include <string>

namespace causeway::crds {

// An object of a kind the field implies. An empty namespace means the referring object's own, then, for ImageTemplate
// and Cluster, causeway-system.
struct ObjectRef {
  std::string name, namespace_;
  bool operator==(const ObjectRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(ObjectRef, (), (name, namespace_))

// A Secret in the referring object's namespace.
struct SecretRef {
  std::string name;
  bool operator==(const SecretRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(SecretRef, (), (name))

// One entry of a Secret in the referring object's namespace.
struct KubeconfigRef {
  std::string name;
  std::string key = "kubeconfig";
  bool operator==(const KubeconfigRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(KubeconfigRef, (), (name, key))

}  // namespace causeway::crds

#include "crds/references_fields.hpp"

#include "operator/region/tenant.hpp"

#include <gtest/gtest.h>

#include "operator/region/workload.hpp"

namespace causeway::op::region {
namespace {

// The namespace as a region applies it to whatever is there, also to a user's in the hub's own cluster.
kube::Object applied() {
  crds::Assignment a;
  a.spec.tenant_namespace = "u-ada";
  a.spec.owner = "ada";
  return tenant_objects(a).front().object;
}

TEST(Tenant, OnlyANamespaceThatTheRegionCreatedIsItsToRemove) {
  EXPECT_FALSE(made_by_region(applied())) << "labels are applied to every tenant's namespace";
  auto made = applied();
  kube::set_at(made, "metadata.annotations", kube::Object{{kAnnotationCreatedBy, kCreatedByRegion}});
  EXPECT_TRUE(made_by_region(made));
  kube::set_at(made, "metadata.annotations", kube::Object{{kAnnotationCreatedBy, "somebody"}});
  EXPECT_FALSE(made_by_region(made));

  auto no_tenant = kube::make_object(kube::resources::kNamespace, "", "kube-system");
  kube::set_at(no_tenant, "metadata.annotations", kube::Object{{kAnnotationCreatedBy, kCreatedByRegion}});
  EXPECT_FALSE(made_by_region(no_tenant));
}

}  // namespace
}  // namespace causeway::op::region

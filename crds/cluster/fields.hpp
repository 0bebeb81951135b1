#pragma once
// Field rows of crds/cluster/cluster.hpp; include that.

#include "crds/cluster/infrastructure_fields.hpp"
#include "crds/cluster/spec_fields.hpp"
#include "crds/cluster/status_fields.hpp"

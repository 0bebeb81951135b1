#pragma once
// Field rows of crds/cluster/cluster.hpp; include that.

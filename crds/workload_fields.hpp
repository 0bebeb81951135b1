#pragma once
// Field rows of crds/workload.hpp; include that.

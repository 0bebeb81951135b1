#pragma once
// Field rows of crds/demo/demo.hpp; include that.

#include "crds/demo/spec_fields.hpp"
#include "crds/demo/status_fields.hpp"

#pragma once
// Field rows of crds/scheduling.hpp; include that.

#pragma once
// Field rows of crds/references.hpp; include that.

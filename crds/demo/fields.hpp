#pragma once
// Field rows of crds/demo/demo.hpp; include that.

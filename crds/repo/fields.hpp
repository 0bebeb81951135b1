#pragma once
// Field rows of crds/repo/repo.hpp; include that.

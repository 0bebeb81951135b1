#pragma once
// Field rows of crds/assignment/assignment.hpp; include that.

#pragma once
// Field rows of crds/image_template/image_template.hpp; include that.

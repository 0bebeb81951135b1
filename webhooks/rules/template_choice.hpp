#pragma once
// Which ImageTemplate a Demo means, among those that are observed.

#include "webhooks/rules/observed.hpp"

namespace causeway::webhooks {

// Null: the Demo names none, or there is none.
std::shared_ptr<const crds::ImageTemplate> template_of(const crds::Demo& demo, const Observed& observed);

}  // namespace causeway::webhooks

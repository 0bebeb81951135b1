#pragma once
// Defaulting of the four kinds: what crds/ fills in, and namespaces of references that were left out, which are frozen
// so that nothing created later takes the place of what was meant. `before` is null for a new object; what was derived
// for it follows what it was derived from. Pure.

#include "webhooks/rules/observed.hpp"

namespace causeway::webhooks {

void fill_in(crds::Cluster& cluster);
// A template's namespace that was filled in stays as long as the family does, whatever
// appeared since; it stays open while no namespace has the family.
void fill_in(const crds::Demo* before, crds::Demo& demo, const Observed& observed);
void fill_in(crds::ImageTemplate& image_template);
void fill_in(const crds::Repo* before, crds::Repo& repo);

}  // namespace causeway::webhooks

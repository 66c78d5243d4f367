// The topic as AsyncAPI 3.0 describes it (docs/asyncapi.yaml). Pure.
#pragma once

#include <string>

namespace contacts::kafka {

// YAML. Refers to the published schemas (events/published_schemas.h) in `schemas/` next to it.
std::string AsyncApiDocument();

}  // namespace contacts::kafka

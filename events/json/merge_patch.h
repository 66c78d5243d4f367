// JSON Merge Patch (RFC 7396).
#pragma once

#include <string>

#include "events/json/json.h"

namespace contacts::json {

// The document after the patch, as minified text. Members keep their order, their spelling and the
// text of their numbers: a replaced member stays in its place, new ones follow in the patch's
// order. Two names are the same if they are once decoded.
std::string MergePatch(const Document& target, const Document& patch);

}  // namespace contacts::json

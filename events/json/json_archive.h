// JSON from and to a type's one field list. These cereal archives replace cereal's own JSON
// archive, which truncates numbers and strings, ignores unknown members and overflows the stack on
// deep input.
#pragma once

#include <string>

#include "events/json/faults.h"
#include "events/json/json.h"
#include "events/values/field.h"

namespace contacts {

// How an object must match the field list. A member that the list does not name is a fault.
enum class Reading {
  kRecord,    // every field must be there
  kRequest,   // nullable fields and those whose rule `defaults` may be left out
  kEnvelope,  // like kRecord, but unknown members are ignored
};

// Returns minified JSON, with the fields in the order of the list.
template <class T>
std::string ToJson(const T& value, Members members = Members::kAll);

// Reads `node` into `value` and adds each fault with its JSON pointer, which begins with `path`. A
// field with a fault keeps its initial value. True: no fault was added. With Members::kPersonal,
// `value` has been read from the clear members before: what is not there has no personal members.
template <class T>
bool FromJson(const json::Document& document, const json::Node& node, Reading reading, T* value,
              Faults* faults, const std::string& path = "", Members members = Members::kAll);

}  // namespace contacts

#include "events/json/json_reader.h"
#include "events/json/json_writer.h"

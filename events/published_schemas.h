// The JSON Schemas of the entries of the log, as they are published (docs/schemas/): draft-07,
// without any keyword that later drafts read differently.
//
// clang-format off
//   TYPE.VERSION   an event's `data`; its $id is the value of `dataschema`. Strict: exactly the
//                  values that a reader of that version takes.
//   Record         the envelope around `data`. Tolerant: attributes may be added.
//   LogOpened      an opening record. Tolerant.
// clang-format on
#pragma once

#include <string>
#include <vector>

namespace contacts {

struct PublishedSchema {
  std::string name;
  std::string text;  // indented, with a line feed at its end
};

// The schemas of the versions that this build writes. Older ones stay as they were published.
std::vector<PublishedSchema> PublishedSchemas();

struct EventVersion {
  std::string type;
  int version;
};

// Every version of every event that was ever written, oldest first.
std::vector<EventVersion> EventVersions();

}  // namespace contacts

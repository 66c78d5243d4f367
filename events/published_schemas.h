// The JSON Schemas of what lies in the log, as they are published (docs/schemas/): draft-07,
// without anything that later drafts read otherwise.
//
//   TYPE.VERSION   an event's `data`; its $id is what `dataschema` says. Strict: what a reader of
//                  that version takes.
//   Record         the envelope around it. Tolerant: attributes may be added.
//   LogOpened      an opening record. Tolerant.
#pragma once

#include <string>
#include <vector>

namespace contacts {

struct PublishedSchema {
  std::string name;
  std::string text;  // indented, with a line feed at its end
};

// The schemas of what this build writes. Those of older versions stay as they were published.
std::vector<PublishedSchema> PublishedSchemas();

struct EventVersion {
  std::string type;
  int version;
};

// Every version of every event that was ever written, oldest first.
std::vector<EventVersion> EventVersions();

}  // namespace contacts

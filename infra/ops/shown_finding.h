// One finding as JSON: {"part","why","next"}; `next` says what to do.
#pragma once

#include <string>
#include <vector>

#include "events/values/field.h"
#include "infra/base/health.h"

namespace contacts {

struct ShownFinding {
  std::string part;
  std::string why;
  std::string next;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("part", part), Field("why", why), Field("next", next));
  }
};

inline std::vector<ShownFinding> Shown(const std::vector<HealthFinding>& findings) {
  std::vector<ShownFinding> shown;
  for (const HealthFinding& finding : findings) {
    shown.push_back({finding.part, finding.why, finding.next});
  }
  return shown;
}

}  // namespace contacts

// One finding as JSON: {"part","why"}.
#pragma once

#include <string>
#include <vector>

#include "events/values/field.h"
#include "infra/base/health.h"

namespace contacts {

struct ShownFinding {
  std::string part;
  std::string why;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("part", part), Field("why", why));
  }
};

inline std::vector<ShownFinding> Shown(const std::vector<HealthFinding>& findings) {
  std::vector<ShownFinding> shown;
  for (const HealthFinding& finding : findings) shown.push_back({finding.part, finding.why});
  return shown;
}

}  // namespace contacts

#include "tests/simulation/view_checks.h"

#include <sstream>

#include "events/values/hash.h"
#include "projections/projector.h"

namespace contacts::sim {
namespace {

std::string Dump(const ViewReader& views) {
  std::string all;
  for (int view = 0; view < kViews; ++view) {
    views.Scan(static_cast<View>(view), "", "", [&](std::string_view key, std::string_view value) {
      all += std::to_string(view) + ' ' + ToHex(key) + ' ' + ToHex(value) + '\n';
      return true;
    });
  }
  return all;
}

std::string FirstDifference(const std::string& a, const std::string& b) {
  std::istringstream as(a), bs(b);
  std::string in_a, in_b;
  do {
    std::getline(as, in_a);
    std::getline(bs, in_b);
  } while (in_a == in_b && as && bs);
  return in_a + " instead of " + in_b;
}

}  // namespace

std::vector<std::string> BrokenViews(const Simulation& simulation, const StoreFactory& store) {
  const std::unique_ptr<ViewStore> rebuilt = store();
  seal::Keyring keys;
  simulation.secrets().ReadInto(&keys);
  Projector projector(*rebuilt, keys, 0, 1);
  projector.Apply(simulation.log().entries());
  const std::string expected = Dump(*rebuilt);
  std::vector<std::string> broken;
  for (const ViewReader* views : simulation.views()) {
    if (const std::string rows = Dump(*views); rows != expected) {
      broken.push_back("an instance's rows differ from a rebuild's: " +
                       FirstDifference(rows, expected));
    }
  }
  return broken;
}

}  // namespace contacts::sim

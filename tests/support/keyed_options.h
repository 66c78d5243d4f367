// Options of an instance whose tenants get the trees of TestKeys().
#pragma once

#include <utility>

#include "infra/instance/instance.h"
#include "tests/support/keys.h"

namespace contacts {

inline InstanceOptions KeyedOptions(InstanceOptions options = {}) {
  options.make_tree = [](const TenantId& tenant, const InstanceOptions::Done& done) {
    TestTree(tenant);
    done(std::nullopt);
  };
  return options;
}

}  // namespace contacts

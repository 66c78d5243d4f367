// A view store in RocksDB over files in memory, for the simulation.
#pragma once

#include <memory>

#include "projections/store/view_store.h"

namespace contacts::sim {

std::unique_ptr<ViewStore> OpenRocksDbInMemory();

}  // namespace contacts::sim

// The time of the newest record that the read models have.
#pragma once

#include "events/values/time.h"
#include "projections/store/view_store.h"

namespace contacts {

// {0}: there is no record. Throws StoreFailure.
Timestamp NewestRecord(const ViewReader& views);

}  // namespace contacts

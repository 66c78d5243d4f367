// The outcome of an entry, from librdkafka's result.
#pragma once

#include <string>

#include "events/event_log.h"
#include "infra/kafka/handles.h"

namespace contacts::kafka {

// A right is missing on the brokers.
bool IsDenied(rd_kafka_resp_err_t error);
// For a message that librdkafka delivered or gave up.
Delivery OutcomeOf(const rd_kafka_message_t& message);
// A text for people.
std::string ReasonOf(rd_kafka_resp_err_t error, const std::string& topic);

}  // namespace contacts::kafka

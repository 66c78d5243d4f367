// What became of an entry, by librdkafka's words.
#pragma once

#include <string>

#include "events/event_log.h"
#include "infra/kafka/handles.h"

namespace contacts::kafka {

// The brokers give no right to it.
bool IsDenied(rd_kafka_resp_err_t error);
// Of a message that librdkafka delivered or gave up.
Delivery OutcomeOf(const rd_kafka_message_t& message);
// For people.
std::string ReasonOf(rd_kafka_resp_err_t error, const std::string& topic);

}  // namespace contacts::kafka

#include "infra/kafka/outcome.h"

namespace contacts::kafka {

bool IsDenied(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

Delivery OutcomeOf(const rd_kafka_message_t& message) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      // Acknowledged as a duplicate: stored, at an offset that the broker does not say.
      return message.offset >= 0 ? Delivery::kStored : Delivery::kUnknown;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return Delivery::kRefused;
    default:
      return IsDenied(message.err) ? Delivery::kDenied : Delivery::kUnknown;
  }
}

std::string ReasonOf(rd_kafka_resp_err_t error, const std::string& topic) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return "no right to write to the topic " + topic + ": grant WRITE on it";
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return "no right to write without duplicates: grant IDEMPOTENT_WRITE on the cluster";
    default:
      return rd_kafka_err2str(error);
  }
}

}  // namespace contacts::kafka

// 32 clients, each of which asks for an answer that only it should get. Half of the connections are
// closed or reset before the answer comes, so that descriptors are reused while answers are in
// flight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace contacts::http {

struct CrossAnswers {
  size_t answers = 0;
  size_t wrong = 0;
  std::string first_wrong;
};

// Asks `requests` times for /items/TOKEN or /later/TOKEN, each token used once, and expects a body
// that ends with the token. Ends early at the first wrong answer if `until_wrong`.
CrossAnswers AskAcross(uint16_t port, size_t requests, bool until_wrong);

}  // namespace contacts::http

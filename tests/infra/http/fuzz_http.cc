// The connection's input: the first byte says how the rest is cut into packets. For any input the
// output is a row of whole answers, and another cut gives the same row.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/infra/http/answer_reader.h"
#include "tests/infra/http/echo_front.h"
#include "tests/infra/http/memory_wire.h"

namespace {

using namespace contacts::http;

std::string Row(const std::shared_ptr<ServerShared>& shared, std::string_view bytes, size_t piece) {
  MemoryClient client(shared);
  while (!bytes.empty()) {
    const size_t size = std::min(piece, bytes.size());
    client.Send(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (shared->under_way != 0) {
    // Only a request whose body has not come yet may be under way.
    client.connection().Expire(Connection::Clock::now() + std::chrono::hours(1));
    if (shared->under_way != 0) std::abort();
  }
  std::string row;
  std::string written = client.written();
  // Only status lines are compared, because HEAD answers look like others here.
  for (size_t at = written.find("HTTP/1.1 "); at != std::string::npos;
       at = written.find("HTTP/1.1 ", at + 1)) {
    row += written.substr(at + 9, 3) + " ";
  }
  return row + (client.closing() ? "close" : "keep");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto shared = std::make_shared<ServerShared>(SmallLimits(), EchoRouter());
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = Row(shared, bytes, bytes.size());
  if (Row(shared, bytes, data[0] + 1u) != whole || Row(shared, bytes, 1) != whole) std::abort();
  return 0;
}

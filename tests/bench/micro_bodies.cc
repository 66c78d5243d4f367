// The cost of refusing a body of the largest size, shape by shape: parsed, read,
// checked, its faults made an answer. The bound is 20 ms of the front's thread.
#include <benchmark/benchmark.h>

#include <memory>

#include "command/validation.h"
#include "infra/api/errors.h"
#include "infra/api/read_body.h"
#include "tests/support/hostile_bodies.h"

namespace contacts {
namespace {

void RefuseBody(benchmark::State& bench, const http::Request& request) {
  size_t bytes = 0;
  for (auto _ : bench) {
    const auto read = api::ReadBody<CreateContact>(
        request, [](CreateContact* value, auto* faults) { Validate(value, faults); });
    if (read) return bench.SkipWithError("it was taken");
    bytes = api::ErrorAnswer(read.error()).body.front()->size();
  }
  bench.counters["out"] = static_cast<double>(bytes);
}

const bool kRegistered = [] {
  for (HostileBody& hostile : HostileBodies()) {
    http::Request request;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::move(hostile.body);
    benchmark::RegisterBenchmark(
        ("BM_RefuseBody/" + hostile.name).c_str(),
        [request = std::move(request)](benchmark::State& bench) { RefuseBody(bench, request); })
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace contacts

-- wrk: what all scripts share. Each thread gets its number as `thread`; the figures are printed in one line. Statuses
-- other than 2xx and 3xx are counted as failed.
local number = 0
function setup(thread)
  thread:set("thread", number)
  number = number + 1
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("result: %.1f a second, p50 %d us, p99 %d us, longest %d us, %d failed\n",
    (summary.requests - e.status) * 1e6 / summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, e.status + e.connect + e.read + e.write + e.timeout))
end

-- wrk: prints its figures in one line. Statuses other than 2xx and 3xx are counted as failed.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("result: %.1f a second, p50 %d us, p99 %d us, longest %d us, %d failed\n",
    (summary.requests - e.status) * 1e6 / summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, e.status + e.connect + e.read + e.write + e.timeout))
end

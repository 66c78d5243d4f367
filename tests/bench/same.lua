-- wrk: the same request again and again, which must get the same status each time.
--   wrk … -s same.lua URL -- STATUS [BODY [KEY]]    a POST of JSON; KEY: its Idempotency-Key
local threads = {}
function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  expected = tonumber(arguments[1])
  wrong = 0
  local head = {["Cookie"] = wrk.headers["Cookie"]}
  if arguments[2] then head["Content-Type"] = "application/json" end
  if arguments[3] then head["Idempotency-Key"] = arguments[3] end
  made = wrk.format("POST", nil, head, arguments[2])
end

function request()
  return made
end

function response(status)
  if status ~= expected then wrong = wrong + 1 end
end

function done(summary, latency)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get("wrong") end
  io.write(string.format("result: %.1f a second, p50 %d us, p99 %d us, longest %d us, %d failed\n",
    (summary.requests - failed) * 1e6 / summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, failed))
end

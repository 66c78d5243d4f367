-- wrk: each request creates a contact with an e-mail of its own.
--   wrk … -s create.lua URL -- NAME    NAME: not used before
local number = 0
function setup(thread)
  thread:set("thread", number)
  number = number + 1
end

function init(arguments)
  name = arguments[1] or "p"
  count = 0
end

function request()
  count = count + 1
  local body = string.format('{"fullName":"Jo Doe","email":"%s-%d-%d@example.com","type":"external"}',
                             name, thread, count)
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/json", ["Cookie"] = wrk.headers["Cookie"]}, body)
end

function done(summary, latency, requests)
  io.write(string.format("result: %.1f a second, p50 %d us, p99 %d us, longest %d us, %d not 200\n",
    (summary.requests - summary.errors.status) * 1e6 / summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, summary.errors.status))
end

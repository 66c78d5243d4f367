-- wrk: requests create contacts with e-mails of their own, all of them or some among reads.
--   wrk … -s create.lua URL -- NAME [EVERY]    NAME: not used before; EVERY: each how manieth creates
dofile(debug.getinfo(1, "S").source:match("@(.*)create.lua$") .. "get.lua")

function init(arguments)
  name = arguments[1] or "p"
  every = tonumber(arguments[2] or "1")
  count = 0
  head = {["Content-Type"] = "application/json", ["Cookie"] = wrk.headers["Cookie"]}
  read = wrk.format("GET")
end

local BODY = '{"fullName":"Ada Lovelace","mentionName":"ada.%s.%d.%d","email":"ada.%s.%d.%d@example.com",' ..
  '"phone":"+1-555-010-0100","company":"Contoso Ltd","title":"Consultant","department":"Engineering",' ..
  '"type":"client"}'

function request()
  count = count + 1
  if count % every ~= 0 then return read end
  return wrk.format("POST", nil, head, BODY:format(name, thread, count, name, thread, count))
end

-- wrk: each request gives another one of the contacts 1 to COUNT a new title.
--   wrk … -s patch.lua URL -- NAME COUNT    URL: of the contacts; NAME: not used before
dofile(debug.getinfo(1, "S").source:match("@(.*)patch.lua$") .. "get.lua")

function init(arguments)
  name = arguments[1]
  contacts = tonumber(arguments[2])
  count = 0
  head = {["Content-Type"] = "application/merge-patch+json", ["Cookie"] = wrk.headers["Cookie"]}
end

-- The two threads change different contacts: no two requests under way change the same one.
function request()
  count = count + 1
  local contact = 1 + (2 * count + thread) % contacts
  return wrk.format("PATCH", wrk.path .. "/" .. contact, head,
                    ('{"title":"%s %d %d"}'):format(name, thread, count))
end

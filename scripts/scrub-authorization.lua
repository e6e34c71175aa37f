-- Takes credentials out of the headers and the query, before anything reaches a disk.
-- params: headers, query = lists of names, in place of those below

local headers = { "Authorization", "Proxy-Authorization", "X-Api-Key", "X-Auth-Token", "X-Csrf-Token" }
local query = { "access_token", "api_key", "apikey", "password", "secret", "token" }

function on_start(params)
  headers = params.headers or headers
  query = params.query or query
end

function on_capture(req)
  for _, name in ipairs(headers) do
    req.headers:remove(name)
  end
  for _, name in ipairs(query) do
    if req.query:has(name) then
      req.query:set(name, "scrubbed")
    end
  end
end

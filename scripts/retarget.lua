-- Sends replayed requests somewhere else: another target of the replay, another path prefix, other
-- credentials, another name of the host. A token that has run out is replaced by a fresh one.
-- params: target = a name under the replay's targets; host, port, scheme = what the request says;
-- strip, prefix = of the path; token = name of a declared secret

local settings = {}

function on_start(params)
  settings = params
end

function on_replay(req)
  for _, field in ipairs{"target", "scheme", "host", "port"} do
    if settings[field] then
      req[field] = settings[field]
    end
  end
  local path = req.path
  if settings.strip and path:sub(1, #settings.strip) == settings.strip then
    path = path:sub(#settings.strip + 1)
  end
  if settings.prefix then
    path = settings.prefix .. path
  end
  req.path = path:sub(1, 1) == "/" and path or "/" .. path
  if settings.token then
    local token = shared("tokens"):get(settings.token) or secret(settings.token)
    req.headers["Authorization"] = "Bearer " .. token
  end
end

-- An answer may carry a fresh token: the next attempts use it, by all workers.
function on_response(req, res)
  if res.status == 401 and settings.token then
    local fresh = res.headers["X-Fresh-Token"]
    if fresh then
      shared("tokens"):set(settings.token, fresh, "10m")
      return retry(1, "fresh token")
    end
    return fail("unauthorized")
  end
end

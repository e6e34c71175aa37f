-- Turns a batch of events into requests of Datadog's log intake, each within its limits.
-- params: host, service, source, max_bytes; the configuration declares the secret "datadog"

local settings = {}

function on_start(params)
  settings = params
end

local function intake(entries)
  return request{
    method = "POST",
    url = "https://" .. (settings.host or "http-intake.logs.datadoghq.com") .. "/api/v2/logs",
    headers = {
      ["Content-Type"] = "application/json",
      ["DD-API-KEY"] = secret("datadog"),
    },
    body = "[" .. table.concat(entries, ",") .. "]",
  }
end

function on_batch(reqs)
  local most = settings.max_bytes or 4000000
  local out, entries, bytes = {}, {}, 2
  for _, req in ipairs(reqs) do
    local entry = json.encode{
      ddsource = settings.source or "weir",
      service = settings.service or req.host,
      message = req.body,
      path = req.path,
      timestamp = math.floor(req.time * 1000),
    }
    if #entries == 1000 or (#entries > 0 and bytes + #entry + 1 > most) then
      out[#out + 1] = intake(entries)
      entries, bytes = {}, 2
    end
    entries[#entries + 1] = entry
    bytes = bytes + #entry + 1
  end
  if #entries > 0 then
    out[#out + 1] = intake(entries)
  end
  return out
end

-- What every load run sends, and one line of figures at its end. Argument: GET or POST.

local BODIES = 1024 -- different ones, so that compression has something to do, made before the clock starts

local HEADERS = { ["Content-Type"] = "text/plain", Cookie = "theme=dark; sid=8f3a1c07b2" }

local function body()
  local words = {}
  for i = 1, 128 do words[i] = string.format("%08x", math.random(0, 2147483647)) end
  return table.concat(words)
end

function init(args)
  if args[1] ~= "POST" then return end
  local requests, next = {}, 0
  for i = 1, BODIES do
    requests[i] = wrk.format("POST", "/orders", HEADERS, body())
  end
  request = function()
    next = next % BODIES + 1
    return requests[next]
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("figures %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

-- Takes lines of an access log apart into JSON. A line of another form keeps its body and is marked.
-- params: pattern = in Logstash's language

local pattern = "%{COMBINEDAPACHELOG}"

function on_start(params)
  pattern = params.pattern or pattern
end

function on_capture(req)
  local fields = grok(pattern, req.body)
  if not fields then
    req.meta.grok = "no match"
    return
  end
  req.json = fields
  req.headers["Content-Type"] = "application/json"
end

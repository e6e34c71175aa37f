-- Emits an alert when no request has come for a while, and once more when they come again.
-- params: after = such as "5m", bucket = where the alert goes, path = which requests count

local after, bucket, path = 300, nil, "/*"

function on_start(params)
  after = time.seconds(params.after or after)
  bucket = params.bucket
  path = params.path or path
  shared("silence"):add("last", time.now())
end

local function alert(state, silent)
  emit(request{
    method = "POST",
    path = "/alerts",
    bucket = bucket,
    json = { key = "silence", state = state, silent_seconds = math.floor(silent) },
  })
end

function on_capture(req)
  if req:match(path) then
    shared("silence"):set("last", time.now())
  end
end

on_relay = on_capture -- at a bucket of the relay it watches all proxies together

every("1s", function()
  local silence = shared("silence")
  local silent = time.now() - silence:get("last")
  if silent >= after and not silence:get("open") then
    silence:set("open", true)
    alert("open", silent)
  elseif silent < after and silence:get("open") then
    silence:delete("open")
    alert("closed", silent)
  end
end)

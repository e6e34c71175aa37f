-- Makes one event of each line that a Loki client pushes (POST /loki/api/v1/push, JSON).

function on_capture(req)
  if not req:match("/loki/api/v1/push") then
    return
  end
  local push = req.json
  if not json.is_object(push) or not json.is_array(push.streams) then
    return drop "not a loki push"
  end
  local out = {}
  for _, stream in ipairs(push.streams) do
    for _, value in ipairs(stream.values) do
      local event = req:clone()
      event.path = "/events"
      event.json = {
        time_ns = value[1],
        line = value[2],
        labels = stream.stream,
      }
      out[#out + 1] = event
    end
  end
  return out
end

-- Makes one capture of each element of a JSON array, up to 100.
-- params: field = where the array stands; without it the body itself is the array

local field

function on_start(params)
  field = params.field
end

function on_capture(req)
  local items = req.json
  if field and json.is_object(items) then
    items = items[field]
  end
  if not json.is_array(items) then
    return
  end
  local out = {}
  for i, item in ipairs(items) do
    local one = req:clone()
    one.json = item
    one.meta.element = i
    out[i] = one
  end
  return out
end

-- Masks personal data in JSON bodies: by the name of the field, wherever it stands.
-- A body that cannot be looked into is dropped, never let through.
-- params: salt = what is mixed into hashes, so that nobody can guess their source

local masks
local salt = ""

local function email(value)
  return mask.email(tostring(value))
end

local function last_four(value)
  return mask.keep_last(tostring(value), 4)
end

local function hashed(value)
  return mask.hash(tostring(value), salt)
end

masks = {
  email = email,
  phone = last_four,
  card_number = last_four,
  iban = last_four,
  ssn = last_four,
  name = hashed,
  first_name = hashed,
  last_name = hashed,
  address = hashed,
}

function on_start(params)
  salt = params.salt or salt
end

local function walk(node)
  for key, value in pairs(node) do
    local masked = masks[key]
    if value == json.null then
      -- nothing to hide
    elseif type(value) == "userdata" and (json.is_array(value) or json.is_object(value)) then
      walk(value)
    elseif masked then
      node[key] = masked(value)
    end
  end
end

function on_capture(req)
  local content = req.headers["Content-Type"] or ""
  if not content:lower():find("json", 1, true) or req.size == 0 then
    return
  end
  local body = req.json
  if body == nil then
    return drop(req.truncated and "truncated json" or "not json")
  end
  if json.is_array(body) or json.is_object(body) then
    walk(body)
  end
end

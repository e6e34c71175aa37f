-- Tried while the script is loaded, told by the hook.
local refused = {}
local wrong = {
  none = function() every(nil, print) end,
  empty = function() every("", print) end,
  binary = function() every("\0\255", print) end,
  large = function() every(9007199254740993, print) end,
  short = function() every("1ms", print) end,
  nothing = function() every("1s", nil) end,
}
for name, call in pairs(wrong) do
  refused[name] = not pcall(call)
end

local rounds = 0
every("10s", function()
  rounds = rounds + 1
  emit(request{path = "/" .. rounds})
end)

function on_capture(req)
  for name, is in pairs(refused) do
    req.meta[name] = tostring(is)
  end
  req.meta.late = tostring(not pcall(every, "1s", print))
end

test("writes dates in UTC", function(t)
  t.eq(os.date("%Y-%m-%d %H:%M:%S", 1714979289), "2024-05-06 07:08:09")
  t.eq(os.date("!%F %T %a %b %j", 0), "1970-01-01 00:00:00 Thu Jan 001")
  t.eq(os.date("*t", 0).year, 1970)
  t.eq(os.date("*t", 0).wday, 5)
  t.eq(os.date("", 0), "")
  t.errors(function() os.date("%Q", 0) end, "invalid conversion")
end)

test("makes times of fields", function(t)
  t.eq(os.time{year = 2024, month = 5, day = 6, hour = 7, min = 8, sec = 9}, 1714979289)
  t.eq(os.time{year = 2024, month = 14, day = 0, hour = 0}, 1738281600)
end)

test("has nothing else", function(t)
  local names = {}
  for name in pairs(os) do
    names[#names + 1] = name
  end
  table.sort(names)
  t.eq(table.concat(names, " "), "clock date time")
end)

test("refuses nil, binary and times out of reach", function(t)
  t.errors(function() os.time("") end, "table expected")
  t.errors(function() os.time{year = nil} end)
  t.errors(function() os.date("*t", 9007199254740993 * 1000) end)
  t.eq(os.date("\0", 0), "\0")
end)

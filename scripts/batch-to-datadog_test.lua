local function events(n)
  local list = {}
  for i = 1, n do
    list[i] = {url = "http://shop.example/events", body = "line " .. i}
  end
  return list
end

test("makes one request of a batch", function(t)
  t.secret{datadog = "key"}
  local r = t.batch(events(3))
  t.eq(#r, 1)
  t.eq(r[1].url, "https://http-intake.logs.datadoghq.com/api/v2/logs")
  t.eq(r[1].headers["DD-API-KEY"], "key")
  t.eq(#r[1].json, 3)
  t.eq(r[1].json[2].message, "line 2")
  t.eq(r[1].json[1].service, "shop.example")
end)

test("makes several where one would be too large", function(t)
  t.secret{datadog = "key"}
  t.params{max_bytes = 500}
  local r = t.batch(events(10))
  t.ok(#r > 1)
  local lines = 0
  for _, each in ipairs(r) do
    t.ok(#each.body <= 500)
    lines = lines + #each.json
  end
  t.eq(lines, 10)
end)

test("refuses to run without its key", function(t)
  t.errors(function() t.batch(events(1)) end, 'declares no secret "datadog"')
end)

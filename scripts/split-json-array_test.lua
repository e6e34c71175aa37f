test("makes one capture of each element", function(t)
  local r = t.captures{path = "/bulk", body = '[{"id":9007199254740993,"n":null},{"id":2}]'}
  t.eq(#r, 2)
  t.eq(r[1].body, '{"id":9007199254740993,"n":null}')
  t.eq(r[2].body, '{"id":2}')
  t.eq(r[2].meta.element, "2")
  t.eq(r[1].path, "/bulk")
end)

test("sets the length of each", function(t)
  local r = t.captures{body = "[1,22]", headers = {["Content-Length"] = 6}}
  t.eq(r[1].headers["Content-Length"], "1")
  t.eq(r[2].headers["Content-Length"], "2")
end)

test("finds the array in a field", function(t)
  t.params{field = "events"}
  t.eq(#t.captures{body = '{"events":[{},{},{}]}'}, 3)
end)

test("drops an empty array", function(t)
  local r, why = t.capture{body = "[]"}
  t.eq(r, nil)
  t.eq(why, "empty")
end)

test("leaves other bodies alone", function(t)
  t.eq(t.capture{body = "plain"}.body, "plain")
  t.eq(t.capture{body = '{"a":1}'}.body, '{"a":1}')
end)

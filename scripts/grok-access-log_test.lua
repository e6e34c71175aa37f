local line = '203.0.113.7 - jane [06/May/2024:07:08:09 +0000] "GET /a?b=c HTTP/1.1" 200 2326 "-" "curl/8.0"'

test("takes a line apart", function(t)
  local r = t.capture{body = line}
  t.eq(r.json.clientip, "203.0.113.7")
  t.eq(r.json.verb, "GET")
  t.eq(r.json.request, "/a?b=c")
  t.eq(r.json.response, "200")
  t.eq(r.headers["Content-Type"], "application/json")
end)

test("marks a line of another form", function(t)
  local r = t.capture{body = "something else"}
  t.eq(r.body, "something else")
  t.eq(r.meta.grok, "no match")
end)

test("takes the pattern from the parameters", function(t)
  t.params{pattern = "%{WORD:level} %{GREEDYDATA:text}"}
  t.eq(t.capture{body = "WARN disk is full"}.json.text, "disk is full")
end)

local push = '{"streams":['
  .. '{"stream":{"app":"shop","level":"warn"},'
  .. '"values":[["1714979289000000001","disk is full"],["1714979289000000002","again"]]},'
  .. '{"stream":{"app":"cart"},"values":[["1714979289000000003","ok"]]}]}'

test("makes one event of each line", function(t)
  local r = t.captures{path = "/loki/api/v1/push", body = push}
  t.eq(#r, 3)
  t.eq(r[1].path, "/events")
  t.eq(r[1].body, '{"labels":{"app":"shop","level":"warn"},"line":"disk is full","time_ns":"1714979289000000001"}')
  t.eq(r[3].json.labels.app, "cart")
end)

test("drops a push without lines", function(t)
  local r, why = t.capture{path = "/loki/api/v1/push", body = '{"streams":[]}'}
  t.eq(r, nil)
  t.eq(why, "empty")
end)

test("drops what is no push", function(t)
  local r, why = t.capture{path = "/loki/api/v1/push", body = "x"}
  t.eq(r, nil)
  t.eq(why, "not a loki push")
end)

test("leaves other paths alone", function(t)
  t.eq(t.capture{path = "/other", body = push}.body, push)
end)

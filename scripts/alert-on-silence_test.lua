test("says nothing while requests come", function(t)
  t.params{after = "1m"}
  for _ = 1, 10 do
    t.capture{path = "/"}
    t.advance("30s")
  end
  t.eq(#t.emitted(), 0)
end)

test("alerts once when they stop", function(t)
  t.params{after = "1m", bucket = "alerts"}
  t.capture{path = "/"}
  t.advance("3m")
  local out = t.emitted()
  t.eq(#out, 1)
  t.eq(out[1].json.state, "open")
  t.eq(out[1].bucket, "alerts")
  t.eq(out[1].path, "/alerts")
end)

test("closes the alert when they come again", function(t)
  t.params{after = "1m"}
  t.advance("2m")
  t.eq(#t.emitted(), 1)
  t.capture{path = "/"}
  t.advance("2s")
  local out = t.emitted()
  t.eq(#out, 1)
  t.eq(out[1].json.state, "closed")
end)

test("counts the requests of one path only", function(t)
  t.params{after = "1m", path = "/orders/*"}
  t.advance("50s")
  t.capture{path = "/health"}
  t.advance("20s")
  t.eq(#t.emitted(), 1)
end)

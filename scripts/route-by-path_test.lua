test("sends a path to its bucket", function(t)
  t.eq(t.capture{path = "/api/users/7"}.bucket, "api")
end)

test("sends a path to several buckets", function(t)
  t.eq(t.capture{path = "/api/orders/7"}.bucket, {"audit", "orders"})
end)

test("drops what no bucket wants", function(t)
  local r, why = t.capture{path = "/assets/logo.png"}
  t.eq(r, nil)
  t.eq(why, "asset")
end)

test("leaves the bucket open for other paths", function(t)
  t.eq(t.capture{path = "/"}.bucket, nil)
end)

test("takes its routes from the parameters", function(t)
  t.params{routes = {{path = "/v{version}", bucket = "x"}, {path = "/{any}", bucket = "rest"}}}
  t.eq(t.capture{path = "/anything"}.bucket, "rest")
end)

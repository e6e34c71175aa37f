local original = {url = "http://shop.example/v1/orders?page=2", headers = {Authorization = "Bearer live"}}

test("changes host, port and scheme, and Host with them", function(t)
  t.params{scheme = "https", host = "staging.example", port = 8443}
  local r = t.replay(original)
  t.eq(r.url, "https://staging.example:8443/v1/orders?page=2")
  t.eq(r.headers["Host"], "staging.example:8443")
end)

test("changes the prefix of the path", function(t)
  t.params{strip = "/v1", prefix = "/next"}
  t.eq(t.replay(original).path, "/next/orders")
end)

test("puts credentials of its own in", function(t)
  t.secret{staging = "s3cret"}
  t.params{token = "staging"}
  t.eq(t.replay(original).headers["Authorization"], "Bearer s3cret")
end)

test("retries on 401 with the fresh token", function(t)
  t.secret{staging = "old"}
  t.params{token = "staging"}
  local verdict, why = t.respond(original, {status = 401, headers = {["X-Fresh-Token"] = "new"}})
  t.eq(verdict, "retry")
  t.eq(why, "fresh token")
  t.eq(t.replay(original).headers["Authorization"], "Bearer new")
end)

test("gives up on 401 without one, and lets the target judge the rest", function(t)
  t.secret{staging = "old"}
  t.params{token = "staging"}
  t.eq(t.respond(original, {status = 401}), "fail")
  t.eq(t.respond(original, {status = 500}), nil)
end)

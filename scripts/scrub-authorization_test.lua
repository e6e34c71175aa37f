test("removes credentials from the headers", function(t)
  local r = t.capture{headers = {authorization = "Bearer abc", ["X-API-KEY"] = "k", Accept = "*/*"}}
  t.eq(r.headers["Authorization"], nil)
  t.eq(r.headers["X-Api-Key"], nil)
  t.eq(r.headers["Accept"], "*/*")
end)

test("overwrites credentials in the query and keeps the rest as it stood", function(t)
  local r = t.capture{url = "http://shop.example/a?x=%7e&token=abc&y=1+2"}
  t.eq(r.url, "http://shop.example/a?x=%7e&token=scrubbed&y=1+2")
end)

test("takes the names from the parameters", function(t)
  t.params{headers = {"X-Own"}, query = {"pin"}}
  local r = t.capture{url = "http://shop.example/a?pin=1&token=2", headers = {["X-Own"] = "1", Authorization = "x"}}
  t.eq(r.headers["X-Own"], nil)
  t.eq(r.headers["Authorization"], "x")
  t.eq(r.query["pin"], "scrubbed")
  t.eq(r.query["token"], "2")
end)

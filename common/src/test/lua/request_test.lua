local function sample()
  return request{
    method = "PUT",
    url = "http://shop.example:8080/a%20b/c?x=1&y=%7e&x=3&flag",
    headers = {{"Accept", "*/*"}, {"X-Tag", "one"}, {"x-tag", "two"}, {"Cookie", "a=1; b=2"}},
    body = "text",
  }
end

test("reads the parts of the address", function(t)
  local r = sample()
  t.eq(r.method, "PUT")
  t.eq(r.scheme, "http")
  t.eq(r.host, "shop.example")
  t.eq(r.port, 8080)
  t.eq(r.path, "/a%20b/c")
  t.eq(r.url, "http://shop.example:8080/a%20b/c?x=1&y=%7e&x=3&flag")
  t.eq(request{url = "https://shop.example/"}.port, 443)
end)

test("changes one part and keeps the others as they stood", function(t)
  local r = sample()
  r.path = "/new"
  t.eq(r.url, "http://shop.example:8080/new?x=1&y=%7e&x=3&flag")
  r.query.x = "a b"
  t.eq(r.url, "http://shop.example:8080/new?x=a%20b&y=%7e&flag")
  r.query:add("z", 5)
  r.query.flag = nil
  t.eq(r.url, "http://shop.example:8080/new?x=a%20b&y=%7e&z=5")
  r.host = "other.example"
  t.eq(r.headers["host"], "other.example:8080")
end)

test("reads headers whatever their case", function(t)
  local h = sample().headers
  t.eq(h["x-TAG"], "one")
  t.eq(h:all("X-Tag"), {"one", "two"})
  t.eq(h["Missing"], nil)
  t.eq(h:has("accept"), true)
  t.eq(#h, 5)
end)

test("replaces headers in place", function(t)
  local r = sample()
  r.headers["x-TAG"] = "new"
  local names = {}
  for name, value in pairs(r.headers) do
    names[#names + 1] = name .. "=" .. value
  end
  t.eq(table.concat(names, " "), "Host=shop.example:8080 Accept=*/* X-Tag=new Cookie=a=1; b=2")
  r.headers["X-Tag"] = {"p", "q"}
  t.eq(r.headers:all("X-Tag"), {"p", "q"})
  r.headers["X-Tag"] = nil
  t.eq(r.headers:has("X-Tag"), false)
  r.headers:add("N", 2^53)
  t.eq(r.headers.N, "9007199254740992")
end)

test("may change what it walks", function(t)
  local r = sample()
  for name in pairs(r.headers) do
    r.headers[name] = nil
  end
  t.eq(#r.headers, 0)
end)

test("reads names that methods have, too", function(t)
  local r = request{url = "/?all=1&remove=2&get=3"}
  t.eq(r.query.all, "1")
  t.eq(r.query["remove"], "2")
  t.eq(r.query:get("get"), "3")
  t.eq(r.headers.add, nil)
  t.errors(function() r.headers:frobnicate() end, "no method")
end)

test("edits cookies", function(t)
  local r = request{headers = {Cookie = "a=1; sess_x=2; b=\"q\"; c"}}
  t.eq(r.cookies.a, "1")
  t.eq(r.cookies.b, '"q"')
  t.eq(r.cookies:drop{"~^sess_"}, 1)
  t.eq(r.headers.Cookie, 'a=1; b="q"; c')
  r.cookies:keep{"b", "c"}
  t.eq(r.headers.Cookie, 'b="q"; c')
  r.cookies.b = "new"
  t.eq(r.headers.Cookie, "b=new; c")
  r.cookies:drop{"~."}
  t.eq(r.headers.Cookie, nil)
  r.cookies:add("fresh", 1)
  t.eq(r.headers.Cookie, "fresh=1")
  t.errors(function() r.cookies.x = "a;b" end, "semicolon")
end)

test("edits forms", function(t)
  local r = request{
    headers = {["Content-Type"] = "application/x-www-form-urlencoded"},
    body = "user=jane+doe&pin=1234&x=%C3%A9",
  }
  t.eq(r.form.user, "jane doe")
  t.eq(r.form.x, "é")
  r.form.pin = nil
  t.eq(r.body, "user=jane+doe&x=%C3%A9")
  t.eq(request{body = "a=b"}.form, nil)
end)

test("edits JSON and keeps what it does not touch", function(t)
  local r = request{body = '{"b":1.0,"a":null,"id":9007199254740993,"list":[]}'}
  r.json.b = nil
  r.json.new = {1, "x"}
  t.eq(r.body, '{"a":null,"id":9007199254740993,"list":[],"new":[1,"x"]}')
  t.eq(request{body = "plain"}.json, nil)
  t.eq(request{}.json, nil)
  t.eq(request{body = "\0\255"}.json, nil)
  r.json = {ok = true}
  t.eq(r.body, '{"ok":true}')
  r.body = "[1]"
  t.eq(r.json[1], 1)
end)

test("matches templates", function(t)
  local r = request{url = "/users/j%C3%A4ne/orders/7"}
  t.eq(r:match("/users/{id}/orders/{order}"), {id = "jäne", order = "7"})
  t.eq(r:match("/users/*"), {})
  t.eq(r:match("/users/{id}"), nil)
  t.eq(r:match("/"), nil)
  t.errors(function() r:match("users") end, "begins with")
end)

test("clones", function(t)
  local r = sample()
  local c = r:clone()
  c.headers.Accept = nil
  c.body = "other"
  t.eq(r.headers.Accept, "*/*")
  t.eq(r.body, "text")
  t.ok(r ~= c)
end)

test("keeps meta", function(t)
  local r = sample()
  r.meta.shop = "é"
  r.meta.n = 2^53
  t.eq(r.meta.shop, "é")
  t.eq(r.meta.n, "9007199254740992")
  t.eq(r.meta.none, nil)
  t.errors(function() r.meta.x = {} end, "not table")
  t.errors(function() r.meta[1] = "x" end, "key of req.meta")
  t.errors(function() for i = 1, 100 do r.meta["k" .. i] = "v" end end, "64 entries")
end)

test("refuses what is wrong at once", function(t)
  local r = sample()
  t.errors(function() r.pth = "/" end, 'did you mean "path"')
  t.errors(function() return r.heders end, 'did you mean "headers"')
  t.errors(function() r.bucket = "No Good" end, "bucket")
  t.errors(function() r.target = "x" end, "on_replay only")
  t.errors(function() r.delay = 1 end, "on_replay only")
  t.errors(function() r.port = 0 end, "1 to 65535")
  t.errors(function() r.scheme = "ftp" end, "scheme")
  t.errors(function() r.match("/") end, "colon")
  t.errors(function() request{metod = "GET"} end, 'did you mean "method"')
  t.errors(function() request(nil) end, "table expected")
  t.errors(function() r.headers[""] = "x" end, "not empty")
  t.errors(function() r.headers.x = true end, "not boolean")
end)

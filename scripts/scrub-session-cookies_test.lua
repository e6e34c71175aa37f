test("drops session cookies and keeps the others as they stood", function(t)
  local r = t.capture{headers = {Cookie = "theme=dark; sid=123; JSESSIONID=9; lang=en"}}
  t.eq(r.headers["Cookie"], "theme=dark; lang=en")
end)

test("removes the header when no cookie is left", function(t)
  local r = t.capture{headers = {Cookie = "sid=123", Accept = "*/*"}}
  t.eq(r.headers["Cookie"], nil)
  t.eq(r.headers["Accept"], "*/*")
end)

test("scrubs the recorded answer too", function(t)
  local r = t.capture{
    path = "/login",
    response = {status = 200, headers = {{"Set-Cookie", "sid=1; HttpOnly"}, {"Set-Cookie", "theme=dark"}}},
  }
  t.eq(r.response.headers:all("Set-Cookie"), {"theme=dark"})
end)

test("takes its names from the parameters", function(t)
  t.params{names = {"basket"}}
  local r = t.capture{headers = {Cookie = "basket=7; sid=1"}}
  t.eq(r.headers["Cookie"], "sid=1")
end)

test("leaves a request without cookies alone", function(t)
  local r = t.capture{url = "/a?b=c", headers = {Host = "shop.example"}}
  t.eq(r.path, "/a")
  t.eq(r.query["b"], "c")
end)

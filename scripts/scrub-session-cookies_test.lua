test("drops session cookies and keeps the others as they stood", function(t)
  local r = t.capture{headers = {Cookie = "theme=dark; sid=123; JSESSIONID=9; lang=en"}}
  t.eq(r.headers["Cookie"], "theme=dark; lang=en")
end)

test("knows session cookies by whatever a framework calls them", function(t)
  local kinds = {
    "SID", "sessionid", "JSESSIONID", "PHPSESSID", "ASP.NET_SessionId", "ASPSESSIONIDQQ", "connect.sid", "_session_id",
    "laravel_session", "ci_session", "__Secure-sid", "__Host-session", "user_sid",
  }
  for _, name in ipairs(kinds) do
    local r = t.capture{headers = {Cookie = name .. "=secret; side=left; preside=1"}}
    t.eq(r.headers["Cookie"], "side=left; preside=1")
  end
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

local function kept(t, users, make)
  local count = 0
  for i = 1, users do
    if t.capture(make("user-" .. i)) then
      count = count + 1
    end
  end
  return count
end

test("keeps about as many users as asked for", function(t)
  t.params{percent = 25}
  local count = kept(t, 400, function(user) return {headers = {Cookie = "uid=" .. user}} end)
  t.ok(count > 70 and count < 130, "kept " .. count .. " of 400")
end)

test("decides the same for all requests of a user", function(t)
  t.params{percent = 50}
  local first = t.capture{path = "/a", headers = {Cookie = "uid=jane"}} ~= nil
  for i = 1, 20 do
    t.eq(t.capture{path = "/b" .. i, headers = {Cookie = "x=1; uid=jane"}} ~= nil, first)
  end
end)

test("can tell users by a header", function(t)
  t.params{percent = 100, header = "X-User"}
  t.eq(kept(t, 10, function(user) return {headers = {["X-User"] = user}} end), 10)
end)

test("names the reason", function(t)
  t.params{percent = 0}
  local r, why = t.capture{headers = {Cookie = "uid=jane"}}
  t.eq(r, nil)
  t.eq(why, "not sampled")
end)

local function masked(t, body)
  return t.capture{body = body, headers = {["Content-Type"] = "application/json; charset=utf-8"}}
end

test("masks by the name of the field, at any depth", function(t)
  local r = masked(t, '{"user":{"email":"jane@example.org","phone":"+43 660 1234567"},"cards":[{"card_number":4111111111111111}]}')
  t.eq(r.json.user.email, "j***@example.org")
  t.eq(r.json.user.phone, "***********4567")
  t.eq(r.json.cards[1].card_number, "************1111")
end)

test("hashes names with the salt, the same each time", function(t)
  t.params{salt = "pepper"}
  local r = masked(t, '[{"name":"Jane"},{"name":"Jane"},{"name":"John"}]')
  t.eq(r.json[1].name, mask.hash("Jane", "pepper"))
  t.eq(r.json[2].name, r.json[1].name)
  t.ok(r.json[3].name ~= r.json[1].name)
end)

test("keeps everything else: order, nulls, empty lists, large numbers", function(t)
  local r = masked(t, '{"z":1.50,"id":9007199254740993,"tags":[],"email":null,"a":{},"iban":"AT12"}')
  t.eq(r.body, '{"z":1.50,"id":9007199254740993,"tags":[],"email":null,"a":{},"iban":"****"}')
end)

test("keeps the bytes of a body with nothing to mask", function(t)
  local r = masked(t, '{ "a" : 1.0 }')
  t.eq(r.body, '{ "a" : 1.0 }')
end)

test("drops what says that it is JSON and is not", function(t)
  local r, why = masked(t, '{"email":"jane@exa')
  t.eq(r, nil)
  t.eq(why, "not json")
end)

test("leaves other bodies alone", function(t)
  local r = t.capture{body = '{"email":"jane@example.org"', headers = {["Content-Type"] = "text/plain"}}
  t.eq(r.body, '{"email":"jane@example.org"')
end)

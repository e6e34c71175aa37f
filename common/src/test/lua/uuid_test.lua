test("makes a random one each time", function(t)
  local one = uuid()
  t.ok(one:match("^%x+%-%x+%-4%x+%-%x+%-%x+$"))
  t.eq(#one, 36)
  t.ok(one ~= uuid())
end)

test("takes whatever it is given, and looks at none of it", function(t)
  for _, given in ipairs{"", "\0\255", 9007199254740993} do
    t.eq(#uuid(given), 36)
  end
  t.eq(#uuid(nil), 36)
end)

test("is a decision with a reason", function(t)
  t.eq(type(fail "gone"), "userdata")
end)

test("takes nil, the empty string, binary and numbers for reasons", function(t)
  for _, decision in ipairs{fail(), fail(nil), fail(""), fail("\0\255"), fail(9007199254740993)} do
    t.eq(type(decision), "userdata")
  end
  t.errors(function() fail({}) end, "string expected")
end)
